// The clients. Each requires its own package, so that no run loads the packages of others.

const { createRequire } = require('node:module');
const { join } = require('node:path');

const packages = createRequire(join(process.cwd(), 'package.json'));
const GROUP = 'grp_C506ZkHHTlKfgy16G-000001';
const KEY = 'vit_apk_bench';
const HEADERS = { authorization: `Bearer ${KEY}` };
const JSON_HEADERS = { ...HEADERS, 'content-type': 'application/json' };

const read = (group) => group.name.length + group.external_reference_id.length;
const readAll = (groups) => groups.reduce((sum, group) => sum + read(group), 0);

// A client that returns decoded JSON; its fields are read here, as a program would.
function plain({ get, post }) {
  const page = (number) => get(`/v1/groups?limit=100&page=${number}`);
  return {
    retrieve: async () => read((await get(`/v1/groups/${GROUP}`)).data),
    page: async (number) => readAll((await page(number)).data),
    all: async () => {
      let total = 0;
      for (let number = 1; ; number++) {
        const { data, pagination } = await page(number);
        total += readAll(data);
        if (number >= pagination.total_pages) return total;
      }
    },
    submit: async (members) => {
      const receipt = await post(`/v1/groups/${GROUP}/members/sync`, { members });
      return receipt.data.request_id.length;
    },
  };
}

const clients = {
  ours: (url) => {
    const VitableConnect = packages('vitable-groups');
    const client = new VitableConnect({ apiKey: KEY, baseURL: url });
    return {
      retrieve: async () => read((await client.groups.retrieve(GROUP)).data),
      page: async () => readAll((await client.groups.list({ limit: 100 })).data),
      all: async (prefetch) => {
        let total = 0;
        for await (const group of client.groups.list({ limit: 100 }, { prefetch })) total += read(group);
        return total;
      },
      submit: async (members) => {
        const receipt = await client.groups.members.sync.submit(GROUP, { members });
        return receipt.data.request_id.length;
      },
    };
  },

  fetch: (url) =>
    plain({
      get: async (path) => (await fetch(url + path, { headers: HEADERS })).json(),
      post: async (path, body) => {
        const init = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) };
        return (await fetch(url + path, init)).json();
      },
    }),

  undici: (url) => {
    const { Agent, request } = packages('undici');
    const dispatcher = new Agent();
    return plain({
      get: async (path) => (await request(url + path, { dispatcher, headers: HEADERS })).body.json(),
      post: async (path, body) => {
        const options = { dispatcher, method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(body) };
        return (await request(url + path, options)).body.json();
      },
    });
  },

  axios: (url) => {
    const { Agent } = require('node:http');
    const axios = packages('axios');
    const client = axios.create({ baseURL: url, headers: HEADERS, httpAgent: new Agent({ keepAlive: true }) });
    return plain({
      get: async (path) => (await client.get(path)).data,
      post: async (path, body) => (await client.post(path, body)).data,
    });
  },

  'node:http': (url) => {
    const { Agent, request } = require('node:http');
    const agent = new Agent({ keepAlive: true });
    const send = (method, path, headers, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(url + path, { agent, method, headers }, (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      });
    return plain({
      get: (path) => send('GET', path, HEADERS),
      post: (path, body) => send('POST', path, JSON_HEADERS, JSON.stringify(body)),
    });
  },
};

module.exports = { clients, GROUP };
