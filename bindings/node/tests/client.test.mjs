import assert from 'node:assert/strict';
import { test } from 'node:test';
import VitableConnect, * as root from 'vitable-groups';
import { json, sandboxFor, serverFor } from './helpers.mjs';

const ENV = ['VITABLE_CONNECT_API_KEY', 'VITABLE_CONNECT_BASE_URL', 'VITABLE_CONNECT_CUSTOM_HEADERS', 'VITABLE_CONNECT_LOG'];

function withEnv(values, work) {
  const before = ENV.map((name) => [name, process.env[name]]);
  for (const name of ENV) delete process.env[name];
  Object.assign(process.env, values);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

test('default and named export, statics', () => {
  assert.equal(VitableConnect, root.VitableConnect);
  assert.equal(VitableConnect.DEFAULT_TIMEOUT, 60_000);
  assert.equal(VitableConnect.NotFoundError, root.NotFoundError);
  assert.equal(VitableConnect.toFile, root.toFile);
});

test('the base URL comes from the option, the environment or the variable', () => {
  const url = (options, env = {}) => withEnv(env, () => new VitableConnect({ apiKey: 'k', ...options }).baseURL);
  const production = 'https://api.vitablehealth.com';
  const uat = 'https://api.uat.vitablehealth.com';
  const variable = { VITABLE_CONNECT_BASE_URL: 'https://v.example' };
  assert.equal(url({}), production);
  assert.equal(url({ environment: 'environment_1' }), uat);
  assert.equal(url({}, variable), 'https://v.example');
  assert.equal(url({}, { VITABLE_CONNECT_BASE_URL: '  ' }), production);
  assert.equal(url({ baseURL: null }, variable), production);
  assert.equal(url({ baseURL: null, environment: 'environment_1' }, variable), uat);
  assert.equal(url({ baseURL: 'https://x.example/prefix' }, variable), 'https://x.example/prefix');
  assert.throws(() => url({ environment: 'production' }, variable), /Ambiguous URL/);
  assert.throws(() => url({ environment: 'production', baseURL: 'https://x.example' }), /Ambiguous URL/);
});

test('the key comes from the option or the variable, and can be rotated', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: {} }));
  const client = withEnv({ VITABLE_CONNECT_API_KEY: ' from-env ' }, () => new VitableConnect({ baseURL }));
  assert.equal(client.apiKey, 'from-env');
  await client.groups.retrieve('g');
  client.apiKey = 'rotated';
  await client.groups.retrieve('g');
  assert.deepEqual(requests.map(({ headers }) => headers.authorization), ['Bearer from-env', 'Bearer rotated']);
});

test('default headers and query, request headers and query', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: [] }));
  const client = new VitableConnect({
    apiKey: 'k',
    baseURL,
    defaultHeaders: { 'X-A': '1', 'X-B': '2', 'X-Skip': undefined },
    defaultQuery: { tenant: 't', gone: 'x' },
  });
  await client.groups.list({ limit: 0 }, { headers: { 'x-a': '9', 'X-B': null } });
  await client.groups.list({ limit: 5 }, { query: { page: 2, gone: undefined, empty: null } });
  await client.get('/v1/groups?inside=1', { headers: [['X-C', ['a', 'b']]], query: { outside: true } });
  await client.get('/v1/groups', { headers: new Headers({ 'x-d': 'd' }) });
  assert.equal(requests[0].url, '/v1/groups?tenant=t&gone=x&limit=0');
  assert.equal(requests[0].headers['x-a'], '9');
  assert.equal('x-b' in requests[0].headers, false);
  assert.equal(requests[1].url, '/v1/groups?tenant=t&page=2&empty=');
  assert.equal(requests[2].url, '/v1/groups?inside=1&tenant=t&gone=x&outside=true');
  assert.equal(requests[2].headers['x-c'], 'a, b');
  assert.equal(requests[3].headers['x-d'], 'd');
});

test('requests have exactly the expected URLs, headers and bodies', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: {} }));
  const client = new VitableConnect({ apiKey: 'k', baseURL });
  await client.groups.retrieve('a/b?c#d é%20');
  await client.groups.update('g', { name: null });
  await client.groups.update('g');
  await client.groups.update('g', null);
  await client.groups.update('g', { name: undefined });
  const [get, nulled, empty, none, absent] = requests;
  assert.equal(get.url, '/v1/groups/a%2Fb%3Fc%23d%20%C3%A9%2520');
  assert.equal(get.headers.accept, 'application/json');
  assert.match(get.headers['user-agent'], /^VitableConnect\/JS \d/);
  assert.equal('content-type' in get.headers, false);
  assert.equal(nulled.body, '{"name":null}');
  assert.equal(nulled.headers['content-type'], 'application/json');
  assert.equal(empty.body, '{}');
  assert.deepEqual([none.body, none.headers['content-type']], ['', undefined]);
  assert.equal(absent.body, '{}');
});

test('withOptions inherits, replaces and shares', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: {} }));
  const client = new VitableConnect({ apiKey: 'k', baseURL, defaultHeaders: { 'x-a': '1' } });
  client.timeout = 1234;
  const derived = client.withOptions({ defaultHeaders: { 'x-b': '2' }, maxRetries: 7 });
  assert.ok(derived instanceof VitableConnect);
  assert.deepEqual([derived.timeout, derived.maxRetries, client.maxRetries], [1234, 7, 2]);
  await derived.groups.retrieve('g');
  assert.deepEqual([requests[0].headers['x-a'], requests[0].headers['x-b']], [undefined, '2']);
  assert.equal(requests[0].headers.authorization, 'Bearer k');
  client.close();
  await assert.rejects(derived.groups.retrieve('g'), { name: 'ClientClosedError' });
});

test('withOptions switches the environment', () => {
  const client = new VitableConnect({ apiKey: 'k', environment: 'production' });
  assert.equal(client.withOptions({ environment: 'environment_1' }).baseURL, 'https://api.uat.vitablehealth.com');
});

test('the base URL can be assigned', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = new VitableConnect({ apiKey: 'k', baseURL: 'http://127.0.0.1:1', maxRetries: 0 });
  client.baseURL = sandbox.baseURL;
  assert.equal((await client.plans.list()).data.length, 2);
});

test('a subclass can change options, requests and errors', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    count === 1 ? json(response, { data: {} }) : json(response, { message: 'no' }, 404),
  );
  class Own extends VitableConnect {
    async prepareOptions(options) {
      options.headers = { ...options.headers, 'x-prepared': options.path };
    }
    async prepareRequest(request, { url }) {
      request.headers.set('x-signed', new URL(url).pathname);
    }
    makeStatusError(status) {
      return Object.assign(new root.APIError(status, undefined, 'mine', new Headers()), { own: true });
    }
  }
  const client = new Own({ apiKey: 'k', baseURL });
  await client.groups.retrieve('g');
  assert.equal(requests[0].headers['x-prepared'], '/v1/groups/g');
  assert.equal(requests[0].headers['x-signed'], '/v1/groups/g');
  await assert.rejects(client.groups.retrieve('g'), { own: true });
});

test('the logger gets what its level lets through, and no secrets', async (t) => {
  const sandbox = await sandboxFor(t);
  const lines = [];
  const record = (level) => (...args) => lines.push([level, JSON.stringify(args)]);
  const logger = { error: record('error'), warn: record('warn'), info: record('info'), debug: record('debug') };
  sandbox.fault({ status: 503, headers: { 'retry-after-ms': '1' } });
  const client = sandbox.client({ apiKey: 'vit_apk_hidden', logger, logLevel: 'debug' });
  await client.groups.create({ external_reference_id: 'r', name: 'Secret name' });
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(lines.some(([level, text]) => level === 'info' && /groups\.create: retrying/.test(text)), String(lines));
  assert.ok(lines.some(([level]) => level === 'debug'));
  assert.equal(/hidden|Secret name/.test(JSON.stringify(lines)), false);

  lines.length = 0;
  await sandbox.client({ logger, logLevel: 'warn' }).plans.list();
  new VitableConnect({ apiKey: 'k', logger, logLevel: 'loud' });
  assert.deepEqual(lines.map(([level]) => level), ['warn']);
});

test('await using closes the client', async () => {
  const client = new VitableConnect({ apiKey: 'k' });
  await client[Symbol.asyncDispose]();
  await assert.rejects(client.groups.retrieve('g'), { name: 'ClientClosedError' });
});
