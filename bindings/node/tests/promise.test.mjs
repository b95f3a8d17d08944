import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APIPromise, NotFoundError } from 'vitable-groups';
import { json, sandboxFor, serverFor, until } from './helpers.mjs';

test('a call starts before it is awaited', async (t) => {
  const { baseURL, requests } = await serverFor(t, (_request, response) => json(response, { data: { id: 'g' } }));
  const { VitableConnect } = await import('vitable-groups');
  const promise = new VitableConnect({ apiKey: 'k', baseURL }).groups.retrieve('g');
  await until(() => requests.length === 1);
  assert.ok(promise instanceof APIPromise && promise instanceof Promise);
  assert.equal((await promise).data.id, 'g');
});

test('asResponse returns a Response with the original bytes', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const created = client.groups.create({ external_reference_id: 'ref', name: 'Zoë 日本' });
  const response = await created.asResponse();
  assert.ok(response instanceof Response);
  assert.equal(response.status, 201);
  assert.match(response.headers.get('content-type'), /json/);
  assert.equal(response.url, `${sandbox.baseURL}/v1/groups`);
  const text = await response.text();
  assert.ok(text.includes('Zoë 日本'), text);
  assert.deepEqual(JSON.parse(text), await created);
});

test('withResponse returns data, response and metadata', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ status: 503, headers: { 'retry-after-ms': '1' } });
  const { data, response, metadata } = await sandbox.client().plans.list().withResponse();
  assert.equal(data.data.length, 2);
  assert.equal(response.status, 200);
  assert.deepEqual(metadata.attempts.map(({ status }) => status), [503, 200]);
});

test('an error status rejects in every form', async (t) => {
  const client = (await sandboxFor(t)).client();
  await assert.rejects(client.groups.retrieve('grp_x'), NotFoundError);
  await assert.rejects(client.groups.retrieve('grp_x').asResponse(), NotFoundError);
  await assert.rejects(client.groups.retrieve('grp_x').withResponse(), NotFoundError);
  let caught;
  let finished = false;
  await client.groups.retrieve('grp_x').finally(() => (finished = true)).catch((error) => (caught = error));
  assert.ok(finished && caught instanceof NotFoundError);
});

test('every await returns the same object', async (t) => {
  const promise = (await sandboxFor(t)).client().plans.list();
  assert.equal(await promise, await promise);
});

test('unknown keys and unusual values are preserved', async (t) => {
  const data = { id: 'g', created_at: '2026-01-15T10:30:00.250+00:00', new_key: { deep: [1, null, '😀'] } };
  const { baseURL } = await serverFor(t, (_request, response) => json(response, { data, more: 1 }));
  const { VitableConnect } = await import('vitable-groups');
  const group = await new VitableConnect({ apiKey: 'k', baseURL }).groups.retrieve('g');
  assert.deepEqual(group, { data, more: 1 });
});
