import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, member, sandboxFor } from './helpers.mjs';

async function withGroup(t, options) {
  const sandbox = await sandboxFor(t, options);
  const client = sandbox.client();
  const { data: group } = await client.groups.create({ external_reference_id: 'tier-1', name: 'Tier 1' });
  return { sandbox, client, group, sync: client.groups.members.sync };
}

test('submit and retrieve', async (t) => {
  const { group, sync } = await withGroup(t);
  const { data: receipt } = await sync.submit(group.id, { members: [member('EMP-1'), member('EMP-2', { plan_id: 'pln_x' })] });
  assert.equal(receipt.group_id, group.id);
  const { data } = await sync.retrieve(receipt.request_id, { group_id: group.id });
  assert.equal(data.results.added_group_member_ids.length, 1);
  assert.deepEqual(data.results.failures, [{ reference_id: 'EMP-2', operation: 'add', reason: 'Invalid plan_id' }]);
});

test('any iterable of members is read once, extra keys are sent', async (t) => {
  const { sandbox, group, sync } = await withGroup(t);
  function* members() {
    yield member('EMP-1', { note: 'kept', email: null });
    yield member('EMP-2');
  }
  await sync.submit(group.id, { members: members() });
  const body = JSON.parse(sandbox.requests().at(-1).body);
  assert.deepEqual(body.members.map(({ reference_id }) => reference_id), ['EMP-1', 'EMP-2']);
  assert.deepEqual([body.members[0].note, body.members[0].email], ['kept', null]);
});

test('submitAndWait reports its progress in order', async (t) => {
  const { sandbox, group, sync } = await withGroup(t, { syncDelay: 1 });
  const seen = [];
  const onProgress = ({ polls, request_id, state }) => seen.push([polls, request_id.slice(0, 7), state?.completed_at != null]);
  sandbox.fault({ operation: 'groups.members.sync.retrieve', status: 503 });
  const { data } = await sync.submitAndWait(group.id, { members: [member('EMP-1')] }, { onProgress });
  assert.equal(data.results.added_group_member_ids.length, 1);
  assert.deepEqual(seen[0], [0, 'grpmsr_', false]);
  assert.deepEqual(seen.at(-1).slice(1), ['grpmsr_', true]);
  assert.deepEqual(seen.map(([polls]) => polls), seen.map((_, index) => index));
});

test('a deadline error resumes with wait', async (t) => {
  const { sandbox, group, sync } = await withGroup(t, { syncDelay: 'never' });
  const error = await failure(sync.submitAndWait(group.id, { members: [] }, { deadline: 50 }));
  assert.equal(error.name, 'DeadlineExceededError');
  const { request_id, group_id } = error.syncHandle;
  assert.equal(group_id, group.id);
  sandbox.completeSyncs();
  const { data } = await sync.wait(request_id, { group_id });
  assert.notEqual(data.completed_at, null);
});

test('a group that is gone ends the wait', async (t) => {
  const { sync } = await withGroup(t);
  assert.equal((await failure(sync.wait('grpmsr_x', { group_id: 'grp_x' }))).name, 'NotFoundError');
});

test('find by reference, get or create', async (t) => {
  const { sandbox, client, group } = await withGroup(t);
  sandbox.seed({ many_groups: { count: 150 } });
  assert.equal((await client.groups.findByExternalReferenceId('tier-1')).id, group.id);
  assert.equal(await client.groups.findByExternalReferenceId('unknown'), null);
  const body = { external_reference_id: 'tier-2', name: 'Zwei é' };
  const [one, two] = await Promise.all([client.groups.getOrCreate(body), client.groups.getOrCreate(body)]);
  assert.equal(one.data.id, two.data.id);
  assert.deepEqual([one.created, two.created].sort(), [false, true]);
  assert.equal(one.data.name, 'Zwei é');
});
