import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { APIUserAbortError } from 'vitable-groups';
import { failure, member, sandboxFor, until } from './helpers.mjs';

async function aborted(promise, reason) {
  const error = await failure(promise);
  assert.ok(error instanceof APIUserAbortError, error.stack);
  assert.deepEqual([error.name, error.message], ['APIUserAbortError', 'Request was aborted.']);
  if (reason !== undefined) assert.equal(error.cause, reason);
}

test('an aborted signal sends nothing', async (t) => {
  const sandbox = await sandboxFor(t);
  const reason = new Error('too late');
  await aborted(sandbox.client().groups.list({}, { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(sandbox.requests().length, 0);
});

test('an abort in flight closes the connection', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ hang: 'before', times: null });
  const controller = new AbortController();
  const call = sandbox.client().groups.list({}, { signal: controller.signal });
  await until(() => sandbox.requests().length === 1);
  controller.abort();
  await aborted(call);
  await until(() => sandbox.requests()[0].aborted);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
});

test('fault 12: an abort ends the wait before a retry at once', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ status: 503, headers: { 'retry-after': '50' }, times: null });
  const controller = new AbortController();
  const call = sandbox.client().groups.list({}, { signal: controller.signal });
  await until(() => sandbox.requests()[0]?.status === 503);
  controller.abort();
  await aborted(call);
  assert.equal(sandbox.requests().length, 1);
});

test('fault 12: an abort ends polling at once', async (t) => {
  const sandbox = await sandboxFor(t, { syncDelay: 'never' });
  const client = sandbox.client();
  const { data: group } = await client.groups.create({ external_reference_id: 'r', name: 'n' });
  const controller = new AbortController();
  const polls = () => sandbox.requests().filter(({ operation }) => operation === 'groups.members.sync.retrieve');
  const wait = client.groups.members.sync.submitAndWait(
    group.id,
    { members: [member('EMP-1')] },
    { signal: controller.signal },
  );
  await until(() => polls().length === 1 && polls()[0].status === 200);
  controller.abort();
  await aborted(wait);
  assert.equal(polls().length, 1);
});

test('an abort ends iteration over pages', async (t) => {
  const sandbox = await sandboxFor(t, { seed: { many_groups: { count: 9 } } });
  const controller = new AbortController();
  const seen = [];
  await aborted((async () => {
    for await (const group of sandbox.client().groups.list({ limit: 2 }, { signal: controller.signal })) {
      seen.push(group);
      if (seen.length === 4) controller.abort();
    }
  })());
  assert.equal(seen.length, 4);
});

test('a timeout signal counts as an abort', async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.fault({ hang: 'before', times: null });
  await aborted(sandbox.client().groups.list({}, { signal: AbortSignal.timeout(10) }));
});

test('fault 14: one signal over 10,000 calls leaves no listeners', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const { signal } = new AbortController();
  for (let round = 0; round < 100; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => client.plans.list({}, { signal })));
  }
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});
