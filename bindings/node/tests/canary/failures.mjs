// Servers that fail in every way and echo what they receive, and the operations that call them.

import { createServer } from 'node:http';
import { Roster } from 'vitable-groups/roster';
import { invoke, manifest } from '../operations.mjs';
import { HEADER, KEY, MEMBER } from './canaries.mjs';

const echo = (request, body) => ({
  detail: [{ loc: ['body', 'members', 0], msg: 'invalid', input: parse(body) ?? MEMBER }],
  seen: { authorization: request.headers.authorization, member: MEMBER },
});

function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function status(code) {
  return (request, response, body) => {
    response.writeHead(code, { 'content-type': 'application/json', 'x-echo': `${HEADER} ${KEY}`, 'retry-after-ms': '1' });
    response.end(JSON.stringify(echo(request, body)));
  };
}

function text(code, type, write) {
  return (request, response, body) => {
    response.writeHead(code, { 'content-type': type });
    response.end(write(JSON.stringify(echo(request, body))));
  };
}

/** The handlers of failing servers, by name. `null`: nothing listens. */
export const FAILURES = {
  ...Object.fromEntries([400, 401, 403, 404, 409, 418, 422, 429, 500, 503].map((code) => [`status ${code}`, status(code)])),
  'a redirect to another origin': (request, response, body) => {
    response.writeHead(307, { location: `https://elsewhere.example/?email=${encodeURIComponent(MEMBER.email)}` });
    response.end(JSON.stringify(echo(request, body)));
  },
  'an HTML page': text(502, 'text/html', (echoed) => `<html><body>${echoed}</body></html>`),
  'an error body that is malformed': text(400, 'application/json', (echoed) => echoed.slice(0, -9)),
  'a truncated body': (request, response, body) => {
    const echoed = JSON.stringify(echo(request, body));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': echoed.length + 100 });
    response.write(echoed, () => response.destroy());
  },
  'a success that is not JSON': text(200, 'application/json', (echoed) => echoed.slice(0, -9)),
  'a success of another shape': text(200, 'application/json', (echoed) => `[${echoed}, "${MEMBER.email}"]`),
  'a sync in progress': (request, response, body) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const data = { request_id: 'grpmsr_1', group_id: 'grp_1', accepted_at: '2026-11-01T00:00:00Z', ...echo(request, body) };
    response.end(JSON.stringify({ data }));
  },
  'no response': (request, response) => {
    request.socket.on('close', () => response.destroy());
  },
  'a dropped connection': (request) => request.socket.destroy(),
  'a refused connection': null,
};

/** A server for each failure, by base URL; `received()` is what they received, `stop()` stops them. */
export async function failingServers() {
  const servers = [];
  const urls = {};
  let received = '';
  for (const [name, handle] of Object.entries(FAILURES)) {
    const server = createServer((request, response) => {
      let body = '';
      request.on('error', () => {});
      response.on('error', () => {});
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        received += `${request.url} ${request.rawHeaders.join(' ')} ${body}\n`;
        handle(request, response, body);
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    urls[name] = `http://127.0.0.1:${server.address().port}`;
    if (handle === null) await new Promise((resolve) => server.close(resolve));
    else servers.push(server);
  }
  const stop = () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { urls, received: () => received, stop };
}

const group = { external_reference_id: MEMBER.email, name: MEMBER.first_name };
const members = [MEMBER];

/** The parameters of an operation, with canaries in its query and its body. */
export function paramsOf({ path_params, query_params, body_params }) {
  const params = Object.fromEntries(path_params.map((name) => [name, `${name}_1`]));
  for (const name of query_params) Object.assign(params, { [name]: 1, name: MEMBER.last_name });
  for (const name of body_params) {
    Object.assign(params, { [name]: { members, name: group.name }[name] ?? MEMBER.email, note: MEMBER });
  }
  return params;
}

/** Every operation of the manifest and the helpers on top of them, with canaries as arguments. */
export function operations(client, options = {}) {
  const given = { headers: { 'x-note': HEADER }, query: { email: MEMBER.email }, ...options };
  const { groups } = client;
  const { sync } = groups.members;
  return {
    ...Object.fromEntries(
      manifest.operations.map((operation) => {
        // The option replaces the query of a list.
        const own = operation.paginated ? { headers: given.headers, ...options } : given;
        return [operation.name, () => invoke(client, operation.name, paramsOf(operation), own)];
      }),
    ),
    'groups.iterate': () => all(groups.list({}, given)),
    'groups.find_by_external_reference_id': () => groups.findByExternalReferenceId(MEMBER.email, given),
    'groups.get_or_create': () => groups.getOrCreate(group, given),
    'groups.members.sync.wait': () => sync.wait('grpmsr_1', { group_id: 'grp_1' }, { ...given, deadline: 60 }),
    'groups.members.sync.submit_and_wait': () => sync.submitAndWait('grp_1', { members }, { ...given, deadline: 60 }),
    'groups.members.sync.apply': () => sync.apply('grp_1', Roster.fromMembers(members), { ...given, firstSync: true, deadline: 60 }),
    get: () => client.get(`/v1/groups?name=${MEMBER.last_name}`, given),
    post: () => client.post('/v1/groups', { ...given, body: MEMBER }),
    patch: () => client.patch(`/v1/groups/${MEMBER.email}`, { ...given, body: JSON.stringify(MEMBER) }),
  };
}

async function all(list) {
  const seen = [];
  for await (const item of list) seen.push(item);
  return seen;
}
