// Members never lose coverage by accident: the defaults of `apply`, the guard and outcomes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidArgumentError, RosterGuardError } from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';
import { clientOf } from './conformance/runner.mjs';
import { failure, member, sandboxFor } from './helpers.mjs';

const people = (count, from = 1) =>
  Array.from({ length: count }, (_, index) => member(`E${from + index}`, { last_name: `Zyskowski${from + index}` }));
const roster = (count, from) => Roster.fromMembers(people(count, from));

/** A sandbox with one group of `count` members, and a client that did not create it. */
async function groupOf(t, count) {
  const sandbox = await sandboxFor(t);
  const group = { name: 'One', external_reference_id: 'one', members: people(count) };
  const { groups } = sandbox.seed({ groups: [group] });
  const client = clientOf({ api_key: 'k', base_url: sandbox.baseURL, retry_base_delay_ms: 1 });
  const { sync } = client.groups.members;
  const apply = (current, options) => sync.apply(groups[0].id, current, { pollInterval: 1, ...options });
  const active = () => sandbox.state().members.filter((one) => one.active).length;
  return { sandbox, sync, apply, active, id: groups[0].id };
}

test('by default, a sync of half a roster of 1,000 ends no subscription', async (t) => {
  const { sandbox, apply, active } = await groupOf(t, 1_000);
  const half = roster(500);
  for (const [options, details] of [
    [{ previous: roster(1_000) }, { kind: 'too_many_removals', removals: 500, previous: 1_000, share: 50 }],
    [undefined, { kind: 'no_baseline' }],
    [{ previous: roster(0) }, { kind: 'empty_previous_roster' }],
  ]) {
    const error = await failure(apply(half, options));
    assert.ok(error instanceof RosterGuardError);
    assert.deepEqual({ ...error.details, ...details }, error.details);
    assert.deepEqual([error.kind, error.operation], ['guard_refused', 'groups.members.sync.apply']);
    assert.match(error.message, /nothing was sent/);
  }
  assert.deepEqual([active(), sandbox.requests().length], [1_000, 0]);
});

test('10% or 3 members may be removed by default, more only with a higher limit', async (t) => {
  const { apply, active } = await groupOf(t, 100);
  const [previous, fewer] = [roster(100), roster(89)];
  const { details } = await failure(apply(fewer, { previous }));
  assert.deepEqual([details.kind, details.removals], ['too_many_removals', 11]);
  assert.equal(details.limit, '10% or 3 members, whichever is more');
  roster(90).guard({ previous });
  roster(1).guard({ previous: roster(4) });
  const { outcome } = await apply(fewer, { previous, maxRemovals: 11 });
  assert.deepEqual([outcome.status, outcome.removed, active()], ['succeeded', 11, 89]);
  const { outcome: last } = await apply(roster(0), { previous: fewer, maxRemovals: '100%', allowEmpty: true });
  assert.deepEqual([last.status, last.removed, active()], ['succeeded', 89, 0]);
});

test('a first sync needs an explicit option', async (t) => {
  const { apply, active } = await groupOf(t, 0);
  assert.equal((await failure(apply(roster(2)))).details.kind, 'no_baseline');
  assert.equal((await failure(apply(roster(2), { firstSync: false }))).details.kind, 'no_baseline');
  const both = { firstSync: true, previous: roster(2) };
  assert.equal((await failure(apply(roster(2), both))).details.kind, 'contradicting_baseline');
  const { outcome } = await apply(roster(2), { firstSync: true });
  assert.deepEqual([outcome.ok, outcome.status, outcome.added, active()], [true, 'succeeded', 2, 2]);
  const expected = { adds: 2, adds_at_most: 2, removals: 0, removals_at_least: 0, updates: 0, plan_changes: 0, unchanged: 0 };
  assert.deepEqual(outcome.expected, expected);
});

test('a first sync of a group with members is not as planned', async (t) => {
  const { apply } = await groupOf(t, 2);
  const { outcome } = await apply(roster(1), { firstSync: true });
  assert.deepEqual([outcome.ok, outcome.status, outcome.added, outcome.removed], [false, 'not_as_planned', 0, 1]);
  assert.ok(outcome.notes.some((note) => note.includes('0 removals were planned')));
});

test('a group that the client created is known to be empty, once', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const { sync } = client.groups.members;
  const { data: group } = await client.groups.getOrCreate({ external_reference_id: 'new', name: 'New' });
  assert.equal((await failure(sync.apply(group.id, roster(0)))).details.kind, 'empty_roster');
  const { outcome } = await sync.apply(group.id, roster(1), { pollInterval: 1 });
  assert.deepEqual([outcome.status, outcome.expected.adds], ['succeeded', 1]);
  assert.equal((await failure(sync.apply(group.id, roster(1)))).details.kind, 'no_baseline');

  const { data: found, created } = await sandbox.client().groups.getOrCreate({ external_reference_id: 'new', name: 'New' });
  assert.deepEqual([found.id, created], [group.id, false]);
  assert.equal((await failure(sandbox.client().groups.members.sync.apply(group.id, roster(1)))).details.kind, 'no_baseline');

  const { data: other } = await client.groups.create({ external_reference_id: 'other', name: 'Other' });
  await sync.submit(other.id, { members: people(1) });
  assert.equal((await failure(sync.apply(other.id, roster(1)))).details.kind, 'no_baseline');
});

test('a lost response makes the outcome unknown, and the metadata show the repetition', async (t) => {
  const { sandbox, sync, apply, id } = await groupOf(t, 2);
  const [previous, current] = [roster(2), roster(2, 2)];
  sandbox.fault({ operation: 'groups.members.sync.submit', drop: 'after' });
  const { outcome, state } = await apply(current, { previous });
  assert.deepEqual([outcome.ok, outcome.status, outcome.repeated], [false, 'unknown', true]);
  assert.deepEqual([outcome.added, outcome.removed, outcome.kept, outcome.failed], [null, null, null, 0]);
  assert.deepEqual([outcome.expected.adds, outcome.expected.removals], [1, 1]);
  assert.match(outcome.text, /^2 rows sent: \? added, 0 failed, \? kept; \? removed/);
  assert.deepEqual(current.outcome(state.results, { previous, repeated: true }), outcome);

  sandbox.fault({ operation: 'groups.members.sync.submit', drop: 'after' });
  const lost = await sync.submit(id, { members: people(2) }).withResponse();
  assert.deepEqual([lost.metadata.repeated, lost.metadata.attempts.length], [true, 2]);
  const plain = await sync.submit(id, { members: people(2) }).withResponse();
  assert.equal(plain.metadata.repeated, false);
});

test('what the group holds after a sync is the previous roster of the next', async (t) => {
  const { apply, active } = await groupOf(t, 2);
  const [one, two, three] = people(3);
  const failing = Roster.fromMembers([one, two, { ...three, plan_id: 'pln_gone' }]);
  const held = (kept) => kept.members().map(({ reference_id }) => reference_id);

  const first = await apply(failing, { previous: roster(2) });
  assert.deepEqual([first.outcome.status, held(first.groupAfter)], ['rows_failed', ['E1', 'E2']]);
  const again = await apply(failing, { previous: first.groupAfter });
  assert.deepEqual([again.outcome.status, held(again.groupAfter)], ['rows_failed', ['E1', 'E2']]);
  const fixed = await apply(roster(3), { previous: again.groupAfter });
  assert.deepEqual([fixed.outcome.status, fixed.outcome.added, active()], ['succeeded', 1, 3]);
  assert.deepEqual(fixed.groupAfter.members(), roster(3).members());
  // The submitted roster is not what the group held.
  const wrong = failing.outcome(again.state.results, { previous: failing });
  assert.equal(wrong.status, 'not_as_planned');
});

test('a failed removal counts in the next sync', async (t) => {
  const { sandbox, apply, active } = await groupOf(t, 2);
  sandbox.control('PATCH', '/settings', { forced_failures: [{ reference_id: 'E2', operation: 'remove' }] });
  const { outcome, groupAfter, state } = await apply(roster(1), { previous: roster(2) });
  assert.deepEqual([outcome.status, outcome.failed_removals, active()], ['rows_failed', 1, 2]);
  assert.deepEqual(groupAfter.members(), roster(2).members());
  assert.equal(JSON.stringify({ groupAfter }).includes('Zyskowski'), false);
  assert.deepEqual(roster(1).after(state.results, { previous: roster(2) }).members(), groupAfter.members());

  // The baseline is stored in a file and read again.
  for (const text of [groupAfter.toJSONL(), groupAfter.toCSV()]) {
    const previous = Roster.readText(text);
    assert.deepEqual(roster(1).diff(previous).removals.map(({ reference_id }) => reference_id), ['E2']);
    const { details } = await failure(apply(roster(1), { previous, maxRemovals: 0 }));
    assert.deepEqual([details.kind, details.removals], ['too_many_removals', 1]);
  }
  sandbox.control('PATCH', '/settings', { forced_failures: [] });
  const next = await apply(roster(1), { previous: Roster.readText(groupAfter.toJSONL()) });
  assert.deepEqual([next.outcome.status, next.outcome.removed, active()], ['succeeded', 1, 1]);
});

test('a member known only by reference ID is part of the baseline, even from a file', () => {
  const failures = [{ reference_id: 'E9', operation: 'remove', reason: 'no' }];
  const results = { added_group_member_ids: [], removed_group_member_ids: [], failures };
  const held = roster(1).after(results, { previous: roster(1) });
  for (const previous of [held, Roster.readText(held.toJSONL()), Roster.readText(held.toCSV())]) {
    assert.throws(() => roster(1).guard({ previous, maxRemovals: 0 }), ({ details }) => details.removals === 1);
    roster(1).guard({ previous });
  }
});

test('missing results are unknown, never a success', () => {
  assert.equal(roster(2).after(null, { previous: roster(2) }), null);
  assert.throws(() => roster(2).after(null, { firstSync: true, previous: roster(2) }), RosterGuardError);
  assert.throws(() => roster(2).after(null, roster(2)), InvalidArgumentError);
  const outcome = roster(2).outcome(null, { firstSync: true });
  assert.deepEqual([outcome.ok, outcome.status, outcome.submitted], [false, 'unknown', 2]);
  const { added, removed, failed, kept, failed_removals } = outcome;
  assert.deepEqual([added, removed, failed, kept, failed_removals], [null, null, null, null, null]);
  assert.throws(() => roster(2).corrected(null, { E1: member('E1') }), /did not fail/);
});

test('the same people under new reference IDs are blocked unless allowed', async (t) => {
  const { apply, active } = await groupOf(t, 2);
  const [one, two] = people(2);
  const current = Roster.fromMembers([one, { ...two, reference_id: '0002' }]);
  const previous = roster(2);
  assert.deepEqual(current.diff(previous).rekeyed, [{ reference_id: '0002', row: 2, line: null, previous_reference_id: 'E2' }]);
  assert.deepEqual((await failure(apply(current, { previous }))).details, { kind: 'new_reference_ids', people: 1 });
  const { outcome } = await apply(current, { previous, maxRemovals: 0, allowNewReferenceIds: true });
  assert.deepEqual([outcome.status, outcome.added, outcome.removed, active()], ['succeeded', 1, 1, 2]);
});

test('a previous roster with errors is not a baseline', () => {
  const previous = Roster.fromMembers([...people(2), member('')]);
  assert.throws(() => roster(2).guard({ previous }), ({ details }) => {
    assert.deepEqual(details, { kind: 'previous_roster_has_errors', rows: 1 });
    return true;
  });
});

test('options of the wrong type are rejected', async (t) => {
  const { apply, sandbox } = await groupOf(t, 2);
  const [current, previous] = [roster(2), roster(2)];
  for (const [options, message] of [
    [{ previous: null }, /`groupAfter` is null, find out what the group holds/],
    [{ previous: null, firstSync: true }, /not a `Roster`/],
    [{ previous: previous.members() }, /not a `Roster`/],
    [{ firstSync: 'false' }, /`firstSync` must be true or false/],
    [{ previous, allowEmpty: 'false' }, /`allowEmpty` must be true or false/],
    [{ previous, allowNewReferenceIds: 1 }, /`allowNewReferenceIds` must be/],
    [{ previous, maxRemovals: '110%' }, /a number such as 10 or a percentage such as 5%$/],
    [{ previous, maxRemovals: Infinity }, /a number such as 10 or a percentage such as 5%/],
    [{ previous, maxRemovals: null }, /a number such as 10 or a percentage such as 5%/],
  ]) {
    const error = await failure(apply(current, options));
    assert.ok(error instanceof InvalidArgumentError, String(error));
    assert.match(error.message, message);
    assert.throws(() => current.guard(options), message);
  }
  assert.throws(() => current.outcome(null, previous), InvalidArgumentError);
  assert.throws(() => current.diff(null), InvalidArgumentError);
  assert.throws(() => current.after(null, { previous: null }), InvalidArgumentError);
  assert.throws(() => current.outcome(null, { previous, repeated: 'no' }), InvalidArgumentError);
  assert.equal(sandbox.requests().length, 0);
});
