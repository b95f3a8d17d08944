import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import VitableConnect from 'vitable-groups';
import { failure, json, sandboxFor, serverFor } from './helpers.mjs';

const group = { data: { id: 'g' } };

test('a subclass can reject headers before anything is sent', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, group));
  class Own extends VitableConnect {
    validateHeaders({ values, nulls }) {
      if (!values.has('x-job') || nulls.has('accept')) throw new Error('no job');
    }
  }
  const client = new Own({ apiKey: 'k', baseURL, defaultHeaders: { 'X-Job': 'j' } });
  assert.equal((await client.groups.retrieve('g')).data.id, 'g');
  assert.equal((await failure(client.groups.retrieve('g', { headers: { 'x-JOB': null } }))).message, 'no job');
  assert.equal((await failure(client.groups.retrieve('g', { headers: { Accept: null } }))).message, 'no job');
  assert.equal(requests.length, 1);
});

test('a subclass can serialize queries', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, group));
  class Own extends VitableConnect {
    stringifyQuery(query) {
      return Object.entries(query.filter).map(([name, value]) => `filter.${name}=${value}`).join('&');
    }
  }
  await new Own({ apiKey: 'k', baseURL }).get('/v1/x', { query: { filter: { a: 1, b: 2 } } });
  assert.equal(requests[0].url, '/v1/x?filter.a=1&filter.b=2');
});

test('a subclass can change the URLs of calls and their pages', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    json(response, { data: [{ id: `${count}` }], pagination: { page: count, total_pages: 2 } }),
  );
  class Own extends VitableConnect {
    buildURL(path, query, defaultBaseURL) {
      return super.buildURL(`/tenant${path}`, query, defaultBaseURL);
    }
  }
  const ids = [];
  for await (const { id } of new Own({ apiKey: 'k', baseURL }).groups.list({ limit: 1 })) ids.push(id);
  assert.deepEqual(ids, ['1', '2']);
  assert.deepEqual(requests.map(({ url }) => url), ['/tenant/v1/groups?limit=1', '/tenant/v1/groups?limit=1&page=2']);
});

test('a subclass can send attempts itself', async (t) => {
  const sandbox = await sandboxFor(t);
  const sent = [];
  class Own extends VitableConnect {
    async fetchWithTimeout(url, init, ms, controller) {
      sent.push([new URL(url).pathname, init.method, ms, controller.signal.aborted]);
      return super.fetchWithTimeout(url, init, ms, controller);
    }
  }
  const client = new Own({ apiKey: 'k', baseURL: sandbox.baseURL, timeout: 9000 });
  assert.equal((await client.plans.list()).data.length, 2);
  await client.plans.list({}, { timeout: 8000 });
  assert.deepEqual(sent, [['/v1/plans', 'GET', 9000, false], ['/v1/plans', 'GET', 8000, false]]);
});

test('defaultBaseURL applies unless the client has a base URL', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, group));
  const open = new VitableConnect({ apiKey: 'k', baseURL: null });
  const options = { defaultBaseURL: `${baseURL}/below`, allowOtherOrigin: true };
  assert.equal((await open.groups.retrieve('g', options)).data.id, 'g');
  assert.equal(requests[0].url, '/below/v1/groups/g');
  assert.equal(requests[0].headers.authorization, undefined);
  const rejected = await failure(open.groups.retrieve('g', { defaultBaseURL: baseURL }));
  assert.match(rejected.message, /another origin/);
  await new VitableConnect({ apiKey: 'k', baseURL }).groups.retrieve('g', { defaultBaseURL: 'http://127.0.0.1:1' });
  assert.equal(requests[1].url, '/v1/groups/g');
});

test('`stream` changes nothing: the body can be read from the response', async (t) => {
  const sandbox = await sandboxFor(t);
  const response = await sandbox.client().plans.list({}, { stream: true }).asResponse();
  assert.equal((await response.json()).data.length, 2);
});

test('`connectTimeout` limits connecting, for a client or a call', async (t) => {
  // It accepts connections and never responds to a handshake.
  const sockets = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const options = { apiKey: 'k', baseURL: `https://127.0.0.1:${server.address().port}`, maxRetries: 0 };
  const ofClient = await failure(new VitableConnect({ ...options, connectTimeout: 20 }).groups.retrieve('g'));
  assert.equal(ofClient.name, 'APIConnectionTimeoutError');
  const ofCall = await failure(new VitableConnect(options).groups.retrieve('g', { connectTimeout: 20 }));
  assert.equal(ofCall.name, 'APIConnectionTimeoutError');
  assert.throws(() => new VitableConnect({ ...options, connectTimeout: -1 }), { name: 'InvalidArgumentError' });
});
