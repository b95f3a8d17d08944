import assert from 'node:assert/strict';
import { test } from 'node:test';
import VitableConnect, { InvalidArgumentError, toFile } from 'vitable-groups';
import { failure, json, serverFor } from './helpers.mjs';

async function echo(t) {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { ok: true }));
  return { client: new VitableConnect({ apiKey: 'k', baseURL }), requests };
}

test('all methods, with a query and a body', async (t) => {
  const { client, requests } = await echo(t);
  assert.deepEqual(await client.get('/a', { query: { x: 1 } }), { ok: true });
  await client.post('/b', { body: { y: 2 } });
  await client.put('/c', Promise.resolve({ body: [1] }));
  await client.patch('/d', { body: 'text' });
  await client.delete('/e');
  await client.request({ method: 'post', path: '/f', body: null });
  assert.deepEqual(
    requests.map(({ method, url, body, headers }) => [method, url, body, headers['content-type']]),
    [
      ['GET', '/a?x=1', '', undefined],
      ['POST', '/b', '{"y":2}', 'application/json'],
      ['PUT', '/c', '[1]', 'application/json'],
      ['PATCH', '/d', '"text"', 'application/json'],
      ['DELETE', '/e', '', undefined],
      ['POST', '/f', '', undefined],
    ],
  );
});

test('bodies that are not JSON are sent as they are', async (t) => {
  const { client, requests } = await echo(t);
  const form = new FormData();
  form.append('file', await toFile('a,b\n', 'members.csv', { type: 'text/csv' }));
  async function* chunks() {
    yield new TextEncoder().encode('one ');
    yield new TextEncoder().encode('two');
  }
  const bodies = [
    [new URLSearchParams({ a: '1 2' }), /^application\/x-www-form-urlencoded/, 'a=1+2'],
    [new Blob(['blob'], { type: 'text/plain' }), /^text\/plain$/, 'blob'],
    [new TextEncoder().encode('bytes'), undefined, 'bytes'],
    [new Response('stream').body, undefined, 'stream'],
    [chunks(), undefined, 'one two'],
    [form, /^multipart\/form-data; boundary=/, /filename="members\.csv"/],
  ];
  for (const [body, type, text] of bodies) {
    await client.post('/x', { body });
    const sent = requests.at(-1);
    if (type) assert.match(sent.headers['content-type'], type);
    else assert.equal(sent.headers['content-type'], undefined);
    if (text instanceof RegExp) assert.match(sent.body, text);
    else assert.equal(sent.body, text);
  }
  await client.post('/x', { body: 'a,b', headers: { 'Content-Type': 'text/csv' } });
  assert.deepEqual([requests.at(-1).body, requests.at(-1).headers['content-type']], ['a,b', 'text/csv']);
});

test('the type of the result depends on the body', async (t) => {
  let current;
  const { baseURL } = await serverFor(t, (_request, response) => {
    const [status, headers, body] = current;
    response.writeHead(status, headers);
    response.end(body);
  });
  const client = new VitableConnect({ apiKey: 'k', baseURL });
  const typed = { 'content-type': 'application/vnd.api+json; charset=utf-8' };
  for (const [status, headers, body, expected] of [
    [200, typed, '{"é":1}', { é: 1 }],
    [200, {}, '{"a":1}', '{"a":1}'],
    [200, { 'content-type': 'text/html' }, '<p>é</p>', '<p>é</p>'],
    [200, typed, 'null', null],
    [200, typed, '[1]', [1]],
    [204, {}, undefined, null],
    [200, typed, '', undefined],
  ]) {
    current = [status, headers, body];
    assert.deepEqual(await client.get('/x'), expected);
  }
});

test('invalid arguments reject before anything is sent', async (t) => {
  const { client, requests } = await echo(t);
  const loop = {};
  loop.self = loop;
  for (const call of [
    () => client.post('/x', { body: loop }),
    () => client.post('/x', { body: 1n }),
    () => client.get('/x', { query: { a: {} } }),
    () => client.get('/x', { timeout: -1 }),
    () => client.get('/x', { timeout: 1.5 }),
    () => client.get('/x', { maxRetries: -1 }),
    () => client.get('/x', { headers: { 'bad name': '1' } }),
    () => client.get('/x', { headers: { a: 'line\nbreak' } }),
    () => client.get('/v1/../secrets'),
    () => client.groups.retrieve('..'),
  ]) {
    assert.ok((await failure(call())) instanceof InvalidArgumentError);
  }
  for (const id of [undefined, null, {}]) assert.throws(() => client.groups.retrieve(id), InvalidArgumentError);
  assert.equal(requests.length, 0);
});

test('every attempt has the same idempotency key, which the caller may set', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response, count) =>
    count === 1 ? json(response, {}, 503, { 'retry-after-ms': '1' }) : json(response, { data: {} }),
  );
  const client = new VitableConnect({ apiKey: 'k', baseURL });
  await client.groups.update('g', { name: 'n' });
  await client.groups.update('g', { name: 'n' }, { idempotencyKey: 'mine' });
  const keys = requests.map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys[0], keys[1]);
  assert.equal(keys[2], 'mine');
});

test('options.path and options.method override those of the operation', async (t) => {
  const { client, requests } = await echo(t);
  await client.groups.retrieve('g', { path: '/v2/groups/g' });
  await client.groups.update('g', { name: 'n' }, { method: 'put', body: { other: 1 } });
  assert.deepEqual(requests.map(({ method, url, body }) => [method, url, body]), [
    ['GET', '/v2/groups/g', ''],
    ['PUT', '/v1/groups/g', '{"other":1}'],
  ]);
});
