import assert from 'node:assert/strict';
import { test } from 'node:test';
import VitableConnect, { APIConnectionError, APIConnectionTimeoutError, APIUserAbortError, CredentialsError } from 'vitable-groups';
import { failure, json, sandboxFor, serverFor, until } from './helpers.mjs';

test('every attempt and page goes through fetch; retries and pagination stay', async (t) => {
  const sandbox = await sandboxFor(t, { seed: { many_groups: { count: 5 } } });
  sandbox.fault({ operation: 'groups.list', status: 503, headers: { 'retry-after-ms': '1' } });
  const calls = [];
  async function own(url, init) {
    calls.push([this, url, init.method, init.headers.get('x-stainless-retry-count')]);
    return fetch(url, init);
  }
  const client = sandbox.client({ fetch: own });
  let items = 0;
  for await (const group of client.groups.list({ limit: 2 })) items += group.id ? 1 : 0;
  assert.equal(items, 5);
  assert.equal(calls.length, 4);
  assert.deepEqual(calls.map(([self]) => self), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(calls.map(([, , , retry]) => retry), ['0', '1', '0', '0']);
  assert.ok(calls.every(([, url, method]) => url.startsWith(sandbox.baseURL) && method === 'GET'));
});

test('fetch can be mocked without a server', async () => {
  const seen = [];
  const client = new VitableConnect({
    apiKey: 'k',
    fetch: async (url, init) => {
      seen.push([url, JSON.parse(init.body), init.headers.get('authorization')]);
      return Response.json({ data: { id: 'grp_1', name: 'Zoë' } }, { status: 201 });
    },
  });
  const { data } = await client.groups.create({ external_reference_id: 'r', name: 'Zoë' });
  assert.equal(data.name, 'Zoë');
  assert.deepEqual(seen, [
    ['https://api.vitablehealth.com/v1/groups', { external_reference_id: 'r', name: 'Zoë' }, 'Bearer k'],
  ]);
});

test('fetch gets the fetchOptions of the client, overridden by those of the call', async () => {
  const seen = [];
  const fake = async (_url, init) => {
    seen.push(init);
    return Response.json({ data: [] });
  };
  const client = new VitableConnect({ apiKey: 'k', fetch: fake, fetchOptions: { dispatcher: 'a', keepalive: true } });
  await client.groups.list({}, { fetchOptions: { dispatcher: 'b' } });
  assert.deepEqual([seen[0].dispatcher, seen[0].keepalive], ['b', true]);
});

test('fetchOptions of one call send it through the global fetch', async (t) => {
  const sandbox = await sandboxFor(t);
  const before = globalThis.fetch;
  const seen = [];
  globalThis.fetch = (url, init) => {
    seen.push(init.mark);
    return before(url, init);
  };
  t.after(() => {
    globalThis.fetch = before;
  });
  const client = sandbox.client();
  await client.plans.list({}, { fetchOptions: { mark: 1 } });
  await client.plans.list();
  assert.deepEqual(seen, [1]);
});

test('an error that fetch throws is retried, and is the cause', async () => {
  const cause = new TypeError('no network');
  let calls = 0;
  const client = new VitableConnect({ apiKey: 'k', maxRetries: 1, fetch: async () => { calls += 1; throw cause; } });
  const error = await failure(client.groups.retrieve('g'));
  assert.ok(error instanceof APIConnectionError);
  assert.deepEqual([error.message, error.cause, calls], ['Connection error.', cause, 2]);
});

test('a fetch that throws synchronously or returns an invalid value rejects the call', async () => {
  const throws = new VitableConnect({ apiKey: 'k', maxRetries: 0, fetch: () => { throw new Error('synchronous'); } });
  assert.ok((await failure(throws.groups.retrieve('g'))) instanceof APIConnectionError);
  const nonsense = new VitableConnect({ apiKey: 'k', maxRetries: 0, fetch: async () => 'nonsense' });
  assert.ok((await failure(nonsense.groups.retrieve('g'))) instanceof APIConnectionError);
});

test('aborts and timeouts abort the fetch', async () => {
  const signals = [];
  const hangs = (_url, { signal }) =>
    new Promise((_resolve, reject) => {
      signals.push(signal);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  const client = new VitableConnect({ apiKey: 'k', maxRetries: 0, fetch: hangs });
  const controller = new AbortController();
  const call = client.groups.retrieve('g', { signal: controller.signal });
  await until(() => signals.length === 1);
  controller.abort();
  assert.ok((await failure(call)) instanceof APIUserAbortError);
  await until(() => signals[0].aborted);
  assert.ok((await failure(client.groups.retrieve('g', { timeout: 10 }))) instanceof APIConnectionTimeoutError);
  await until(() => signals[1]?.aborted);
});

test('concurrent calls share one token, and a 401 fetches another', async (t) => {
  const { baseURL, requests } = await serverFor(t, (request, response) =>
    request.headers.authorization === 'Bearer t1' && requests.length > 3
      ? json(response, { message: 'expired' }, 401)
      : json(response, { data: {} }),
  );
  let fetched = 0;
  const tokenProvider = async () => ({ token: `t${(fetched += 1)}`, expires_in: 910 });
  const client = new VitableConnect({ tokenProvider, baseURL });
  await Promise.all([1, 2, 3].map(() => client.groups.retrieve('g')));
  assert.equal(fetched, 1);
  await client.groups.retrieve('g');
  assert.equal(fetched, 2);
  assert.equal(requests.at(-1).headers.authorization, 'Bearer t2');
});

test('a provider may return a string synchronously', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: {} }));
  await new VitableConnect({ tokenProvider: () => 'plain', baseURL }).groups.retrieve('g');
  assert.equal(requests[0].headers.authorization, 'Bearer plain');
});

test('a provider that rejects or throws rejects the call', async () => {
  for (const tokenProvider of [async () => { throw new Error('vault down'); }, () => { throw new Error('vault down'); }, () => undefined]) {
    const error = await failure(new VitableConnect({ tokenProvider, baseURL: 'http://127.0.0.1:1' }).groups.retrieve('g'));
    assert.ok(error instanceof CredentialsError, error.stack);
    assert.ok(error.cause instanceof Error);
  }
});
