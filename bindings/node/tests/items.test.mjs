// Iteration behaves like an async generator, and concurrent calls do not mix.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import VitableConnect, { PageNumberPage } from 'vitable-groups';
import { json, sandboxFor, serverFor } from './helpers.mjs';

/** Two pages of two items. */
async function listing(t) {
  const { baseURL, requests } = await serverFor(t, (request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 1);
    json(response, { data: [{ id: `${page}a` }, { id: `${page}b` }], pagination: { page, total_pages: 2 } });
  });
  return { client: new VitableConnect({ apiKey: 'k', baseURL }), requests };
}

test('items that are requested concurrently come in order', async (t) => {
  const { client } = await listing(t);
  for (const source of [client.groups.list(), await client.groups.list()]) {
    const items = source[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 6 }, () => items.next()));
    assert.deepEqual(results.map(({ value }) => value?.id), ['1a', '1b', '2a', '2b', undefined, undefined]);
    assert.deepEqual(results.map(({ done }) => done), [false, false, false, false, true, true]);
  }
});

test('an iterator that has ended returns no items', async (t) => {
  const { client, requests } = await listing(t);
  for (const source of [client.groups.list(), await client.groups.list()]) {
    const items = source[Symbol.asyncIterator]();
    assert.equal(items[Symbol.asyncIterator](), items);
    assert.equal((await items.next()).value.id, '1a');
    assert.deepEqual(await items.return('x'), { value: 'x', done: true });
    assert.equal((await items.next()).done, true);
    const thrown = source[Symbol.asyncIterator]();
    await assert.rejects(thrown.throw(new RangeError('thrown by the caller')), RangeError);
    assert.equal((await thrown.next()).done, true);
    const unused = source[Symbol.asyncIterator]();
    assert.deepEqual(await unused.return(), { value: undefined, done: true });
    assert.equal((await unused.next()).done, true);
  }
  assert.equal(requests.length, 2);
});

test('a failure ends an iterator', async (t) => {
  const { baseURL } = await serverFor(t, (_request, response) => json(response, { message: 'no' }, 400));
  const items = new VitableConnect({ apiKey: 'k', baseURL }).groups.list()[Symbol.asyncIterator]();
  await assert.rejects(items.next(), { status: 400 });
  assert.equal((await items.next()).done, true);
});

test('a subclass of the page decides what its items are', async (t) => {
  const { client } = await listing(t);
  class UpperCasePage extends PageNumberPage {
    getPaginatedItems() {
      return this.data.map(({ id }) => ({ id: id.toUpperCase() }));
    }
  }
  const ids = [];
  for await (const { id } of client.getAPIList('/v1/groups', UpperCasePage)) ids.push(id);
  assert.deepEqual(ids, ['1A', '1B', '2A', '2B']);
});

test('concurrent calls each get their own response', async (t) => {
  const { baseURL } = await serverFor(t, (request, response) => json(response, { data: { id: request.url } }));
  const { groups } = new VitableConnect({ apiKey: 'k', baseURL });
  const ids = Array.from({ length: 300 }, (_, index) => `grp_${index}`);
  const responses = await Promise.all(ids.map((id) => groups.retrieve(id)));
  assert.deepEqual(responses.map(({ data }) => data.id), ids.map((id) => `/v1/groups/${id}`));
});

test('clients of one thread do not mix, even with collected ones', async (t) => {
  const sandboxes = await Promise.all(Array.from({ length: 3 }, () => sandboxFor(t)));
  for (let round = 0; round < 20; round += 1) {
    const clients = sandboxes.map((sandbox) => sandbox.client().withOptions({ maxRetries: 0 }));
    const responses = await Promise.all(clients.map((client) => client.plans.list().asResponse()));
    assert.deepEqual(responses.map(({ url }) => url), sandboxes.map(({ baseURL }) => `${baseURL}/v1/plans`));
  }
});
