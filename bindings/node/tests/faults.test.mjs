// Bugs of other clients that this one does not have, by their numbers in docs/data/differences.json.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import VitableConnect, * as root from 'vitable-groups';
import { child, failure, json, sandboxFor, serverFor } from './helpers.mjs';

test('fault 1: blank keys are unset, keys with control characters are rejected', () => {
  const before = process.env.VITABLE_CONNECT_API_KEY;
  delete process.env.VITABLE_CONNECT_API_KEY;
  for (const apiKey of [undefined, '', '  ', 'line\nbreak', 'nul\0']) {
    assert.throws(() => new VitableConnect({ apiKey }), root.VitableConnectError);
  }
  if (before !== undefined) process.env.VITABLE_CONNECT_API_KEY = before;
});

test('fault 2: retries are 0 or more, or Infinity', async (t) => {
  for (const maxRetries of [-1, 1.5, NaN]) {
    assert.throws(() => new VitableConnect({ apiKey: 'k', maxRetries }), root.VitableConnectError);
  }
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    count < 9 ? json(response, {}, 503, { 'retry-after-ms': '1' }) : json(response, { data: {} }),
  );
  await new VitableConnect({ apiKey: 'k', baseURL, maxRetries: Infinity }).groups.retrieve('g');
  assert.equal(requests.length, 9);
});

test('fault 3: unknown environments are rejected', () => {
  assert.throws(() => new VitableConnect({ apiKey: 'k', environment: 'staging' }), /Unknown environment: staging/);
});

test('fault 4: the key is sent to no other origin', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, {}));
  const client = new VitableConnect({ apiKey: 'k' });
  await assert.rejects(client.get(`${baseURL}/x`), root.InvalidArgumentError);
  await client.get(`${baseURL}/x`, { allowOtherOrigin: true });
  assert.deepEqual(requests.map(({ headers }) => headers.authorization), [undefined]);
  assert.throws(() => new VitableConnect({ apiKey: 'k', baseURL: 'http://api.example' }), root.VitableConnectError);
});

test('fault 5: a derived client honors its environment', () => {
  const client = new VitableConnect({ apiKey: 'k' }).withOptions({ environment: 'environment_1' });
  assert.equal(client.baseURL, 'https://api.uat.vitablehealth.com');
});

test('fault 6: a closed client fails at once, not after retries', async (t) => {
  const client = (await sandboxFor(t)).client();
  client.close();
  const error = await failure(client.plans.list());
  assert.deepEqual([error.name, error.attempts], ['ClientClosedError', undefined]);
});

test('fault 7: the timeout covers the body, the deadline everything', async (t) => {
  const { baseURL } = await serverFor(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
    response.write('{');
  });
  const client = new VitableConnect({ apiKey: 'k', baseURL, maxRetries: 0 });
  const slow = await failure(client.groups.retrieve('g', { timeout: 30 }));
  assert.ok(slow instanceof root.APIConnectionTimeoutError);
  const late = await failure(client.withOptions({ maxRetries: 9 }).groups.retrieve('g', { timeout: 10, deadline: 40 }));
  assert.ok(late instanceof root.DeadlineExceededError);
});

test('fault 8: header names are case-insensitive', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: {} }));
  const client = new VitableConnect({ apiKey: 'k', baseURL, defaultHeaders: { 'X-D': '1' } });
  await client.groups.retrieve('g', { headers: { 'x-d': '2', ACCEPT: 'text/plain' } });
  assert.deepEqual([requests[0].headers['x-d'], requests[0].headers.accept], ['2', 'text/plain']);
});

test('fault 9: inspecting a client shows no key', () => {
  const client = new VitableConnect({ apiKey: 'vit_apk_hidden', defaultHeaders: { 'x-secret': 'hidden' } });
  assert.equal(inspect(client, { depth: 20, showHidden: true }).includes('hidden'), false);
});

test('fault 10: empty ids are rejected', async () => {
  const { groups } = new VitableConnect({ apiKey: 'k' });
  await assert.rejects(groups.retrieve(''), /`group_id` is empty/);
  await assert.rejects(groups.members.sync.retrieve('', { group_id: 'g' }), /`request_id` is empty/);
  await assert.rejects(groups.members.sync.retrieve('r', { group_id: ' ' }), /`group_id` is empty/);
});

test('fault 14: an unhandled failure is reported once', async () => {
  const { stdout } = await child(`
    process.on('unhandledRejection', ({ name }) => console.log(name));
    client('http://127.0.0.1:1').groups.retrieve('g');
  `);
  assert.equal(stdout, 'APIConnectionError\n');
});

test('fault 15: malformed and truncated bodies are errors of this package', async (t) => {
  const { baseURL } = await serverFor(t, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'r1' });
    response.end('{"data": {"id": "Zoë"');
  });
  const error = await failure(new VitableConnect({ apiKey: 'k', baseURL }).groups.retrieve('g'));
  assert.ok(error instanceof root.APIResponseValidationError && error instanceof root.APIError);
  assert.deepEqual([error.status, error.headers.get('x-request-id')], [200, 'r1']);
  assert.ok(error.body.startsWith('{"data"'));
  assert.equal(inspect(error).includes('Zo'), false);

  const sandbox = await sandboxFor(t);
  for (const options of [{}, { fetch }]) {
    sandbox.reset();
    sandbox.fault({ cut_at: 20, times: null });
    const truncated = await failure(sandbox.client({ maxRetries: 0, ...options }).plans.list());
    assert.ok(truncated instanceof root.APIConnectionError, truncated.stack);
  }
  const { baseURL: empty } = await serverFor(t, (_request, response) => json(response, undefined));
  assert.ok((await failure(new VitableConnect({ apiKey: 'k', baseURL: empty }).groups.retrieve('g'))) instanceof root.APIResponseValidationError);
});

test('fault 16: iteration ends when the server repeats itself', async (t) => {
  const page = (id, pagination) => ({ data: [{ id }], ...(pagination && { pagination }) });
  const servers = [
    [() => page('a', { page: 1, total_pages: 9 }), 1, 2],
    [() => page('a'), 1, 2],
    [(count) => page(count % 2 ? 'a' : 'b'), 2, 3],
    [(count) => (count < 4 ? page(`x${count}`) : { data: [] }), 3, 4],
  ];
  for (const [pageFor, items, calls] of servers) {
    const { baseURL, requests } = await serverFor(t, (_request, response, count) => json(response, pageFor(count)));
    const seen = [];
    for await (const { id } of new VitableConnect({ apiKey: 'k', baseURL }).groups.list()) seen.push(id);
    assert.deepEqual([seen.length, requests.length], [items, calls]);
  }
});

test('fault 16: a list that starts at page 3 without metadata continues with page 4', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    json(response, { data: count < 3 ? [{ id: `i${count}` }] : [] }),
  );
  for await (const { id } of new VitableConnect({ apiKey: 'k', baseURL }).groups.list({ page: 3 })) assert.ok(id);
  assert.deepEqual(requests.map(({ url }) => url), ['/v1/groups?page=3', '/v1/groups?page=4', '/v1/groups?page=5']);
});

test('fault 17: a server delay over 60 s fails at once, with the delay', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ status: 429, headers: { 'retry-after': '61' }, times: null });
  const error = await failure(sandbox.client().plans.list());
  assert.deepEqual([error.name, error.retryAfter, sandbox.requests().length], ['RateLimitError', 61_000, 1]);
});

test('fault 18: a create whose response was lost is looked up, not repeated', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ operation: 'groups.create', drop: 'after' });
  const { data, metadata } = await sandbox
    .client()
    .groups.create({ external_reference_id: 'r', name: 'n' })
    .withResponse();
  assert.equal(data.data.external_reference_id, 'r');
  assert.equal(metadata.recovered, true);
  assert.equal(sandbox.requests().filter(({ operation }) => operation === 'groups.create').length, 1);
});

test('fault 19: names equal the class names, errors and pages can be cloned', async (t) => {
  for (const [name, value] of Object.entries(root)) {
    if (typeof value === 'function' && value.prototype instanceof Error) assert.equal(value.prototype.name, name);
  }
  const client = (await sandboxFor(t)).client();
  assert.equal(structuredClone(await failure(client.groups.retrieve('grp_x'))).message, '404 Group not found');
  assert.deepEqual(structuredClone(await client.groups.list()).data, []);
});

test('fault 20: retries draw from a quota that derived clients share', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ status: 503, headers: { 'retry-after-ms': '1' }, times: null });
  const client = sandbox.client({ maxRetries: 50 });
  await Promise.all([client, client.withOptions({ timeout: 5000 }), client].map((own) => failure(own.plans.list())));
  assert.ok(sandbox.requests().length <= 103, `${sandbox.requests().length}`);
  assert.match((await failure(client.plans.list())).detail, /retry quota is empty/);
});
