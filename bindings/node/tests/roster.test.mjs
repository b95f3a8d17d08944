import assert from 'node:assert/strict';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { InvalidArgumentError, InvalidRosterError, RosterGuardError } from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';
import { failure, member, sandboxFor } from './helpers.mjs';

const HEADER = 'Employee ID,First Name,Last Name,DOB,Plan,Street,City,State,Zip';
const PLAN = 'pln_Wgx_PobRSymT_ki30sYaBQ';
const row = (reference, plan = PLAN, zip = '94102') => `${reference},Quentin,Zyskowski,1990-05-15,${plan},1 Main St,San Francisco,CA,${zip}`;
const csv = (...rows) => `${[HEADER, ...rows].join('\n')}\n`;

test('CSV text, bytes, a file, streams, JSON and objects result in the same roster', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'roster-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'members.csv');
  const text = csv(row('E1'), row('E2'));
  writeFileSync(path, text);
  const first = Roster.readText(text);
  const members = first.members();
  assert.equal(members[0].address.city, 'San Francisco');
  const others = [
    Roster.readText(Buffer.from(text, 'utf16le'), { encoding: 'utf-16le' }),
    await Roster.readFile(path),
    await Roster.readStream(createReadStream(path)),
    await Roster.readStream(Readable.from([text.slice(0, 30), text.slice(30)])),
    await Roster.readStream(new Blob([text]).stream()),
    Roster.readText(JSON.stringify(members)),
    Roster.readText(first.toJSONL()),
    Roster.readText(first.toCSV()),
    Roster.fromMembers(members),
    Roster.fromMembers(new Set(members)),
  ];
  for (const roster of others) assert.deepEqual([...roster], members);
  assert.equal(first.length, 2);
  assert.deepEqual(first.report.columns[0], { field: 'reference_id', column: 'Employee ID', position: 1 });
});

test('columns can be mapped to fields', () => {
  const roster = Roster.readText(csv(row('E1')).replace('Employee ID', 'Nummer'), { columns: { Nummer: 'reference_id' } });
  assert.equal(roster.members()[0].reference_id, 'E1');
});

test('a line break in a cell is an error unless allowed', () => {
  const text = csv(row('E1').replace('1 Main St', '"1 Main St\nFlat 2"'), row('E2'));
  const { ok, findings } = Roster.readText(text).check();
  assert.equal(ok, false);
  assert.deepEqual(findings.map(({ row, line, rule }) => [row, line, rule])[0], [1, 2, 'cell.line_break']);
  const allowed = Roster.readText(text, { multiLineCells: true });
  assert.equal(allowed.members()[0].address.address_line_1, '1 Main St\nFlat 2');
  assert.deepEqual(allowed.check().by_rule, {});
  assert.throws(() => Roster.readText(text, { multiLineCells: 'false' }), InvalidArgumentError);
});

test('a stray quotation mark is an error that names its line and column', () => {
  const [first, stray, ...others] = ['E1', 'E2', 'E3', 'E4', 'E5'].map((reference) => row(reference));
  const text = csv(first, `${stray.slice(0, -5)}"94102`, ...others.slice(0, 2), `${others[2].slice(0, -5)}"94102"`);
  assert.throws(() => Roster.readText(text), (error) => {
    assert.ok(error instanceof InvalidRosterError);
    assert.deepEqual([error.details.kind, error.details.line], ['syntax', 3]);
    assert.equal(error.details.column, stray.length - 4);
    return true;
  });
});

test('a check reports all findings, masked', () => {
  const report = Roster.readText(csv(row('E1', PLAN, '9'), row('E1'), row('E3', 'pln_other'))).check({ planIDs: [PLAN], today: '2026-11-01' });
  assert.equal(report.ok, false);
  assert.deepEqual([report.rows, report.errors, report.warnings], [3, 2, 1]);
  assert.deepEqual(report.findings.map(({ row, rule }) => [row, rule]), [
    [1, 'zipcode.format'],
    [2, 'reference_id.duplicate'],
    [3, 'plan_id.unknown'],
  ]);
  assert.equal(/Zyskowski|1990/.test(JSON.stringify(report)), false);
});

test('a diff lists adds, removals, updates and plan changes', () => {
  const before = Roster.readText(csv(row('E1'), row('E2'), row('E3')));
  const after = Roster.readText(csv(row('E1', 'pln_other'), row('E2', PLAN, '94103'), row('E4')));
  const diff = after.diff(before);
  const references = (entries) => entries.map(({ reference_id }) => reference_id);
  assert.deepEqual([references(diff.adds), references(diff.removals), references(diff.updates), references(diff.plan_changes)],
    [['E4'], ['E3'], ['E2'], ['E1']]);
  assert.deepEqual(diff.rekeyed, [{ reference_id: 'E4', row: 3, line: 4, previous_reference_id: 'E3' }]);
  assert.match(diff.warnings[0], /1 person has a new reference ID/);
  assert.match(diff.warnings[1], /plan change has no effect/);
});

test('the guard blocks empty rosters and too many removals', () => {
  const previous = Roster.readText(csv(row('E1'), row('E2'), row('E3'), row('E4')));
  const current = Roster.readText(csv(row('E1'), row('E2'), row('E3')));
  const empty = Roster.fromMembers([]);
  assert.throws(() => empty.guard({ firstSync: true }), RosterGuardError);
  empty.guard({ firstSync: true, allowEmpty: true });
  current.guard({ previous });
  current.guard({ previous, maxRemovals: 1 });
  current.guard({ previous, maxRemovals: '25%' });
  assert.throws(() => current.guard({ previous, maxRemovals: 0 }), RosterGuardError);
  assert.throws(() => current.guard({ previous, maxRemovals: '24%' }), /25\.0%/);
  assert.throws(() => current.guard({ maxRemovals: 1 }), RosterGuardError);
});

test('normalizing reports the changes, masked', () => {
  const { roster, total, changes } = Roster.fromMembers([member('E1', { phone: '(415) 555-0124' })]).normalize();
  assert.equal(roster.members()[0].phone, '4155550124');
  assert.deepEqual([total, changes[0].field], [1, 'phone']);
  assert.equal(JSON.stringify(changes).includes('4155550'), false);
});

test('apply checks, guards, submits, waits and reports', async (t) => {
  const sandbox = await sandboxFor(t);
  const client = sandbox.client();
  const { data: group } = await client.groups.getOrCreate({ external_reference_id: 'r', name: 'n' });
  const roster = Roster.readText(csv(row('E1'), row('E2', 'pln_gone'), row('E3')));
  const seen = [];
  const { sync } = client.groups.members;
  const { outcome, state, report } = await sync.apply(group.id, roster, {
    firstSync: true,
    onProgress: ({ polls }) => seen.push(polls),
  });
  assert.equal(report.ok, true);
  assert.deepEqual([outcome.ok, outcome.submitted, outcome.added, outcome.failed], [false, 3, 2, 1]);
  assert.deepEqual([outcome.status, outcome.repeated], ['rows_failed', false]);
  assert.deepEqual([outcome.failures[0].reference_id, outcome.failures[0].row, outcome.failures[0].line], ['E2', 2, 3]);
  assert.ok(seen.length >= 2);

  const fixed = roster.members()[1];
  const { roster: corrected, replaced, still_failing } = roster.corrected(state.results, { E2: { ...fixed, plan_id: PLAN } });
  assert.deepEqual([corrected.length, replaced, still_failing], [3, 1, []]);
  assert.deepEqual(roster.outcome(state.results, { firstSync: true }), outcome);
  // The failed row is not in the group.
  const previous = Roster.readText(csv(row('E1'), row('E3')));
  const { outcome: second } = await sync.apply(group.id, corrected, { previous, maxRemovals: 0 });
  assert.deepEqual([second.ok, second.status, second.added, second.kept], [true, 'succeeded', 1, 2]);
});

test('apply sends no invalid roster', async (t) => {
  const sandbox = await sandboxFor(t);
  const { sync } = sandbox.client().groups.members;
  const error = await failure(sync.apply('grp_1', Roster.readText(csv(row('', PLAN))), { firstSync: true }));
  assert.ok(error instanceof InvalidRosterError);
  assert.ok(error.details.errors > 0);
  assert.equal(inspect(error).includes('Zyskowski'), false);
  assert.ok((await failure(sync.apply('grp_1', Roster.fromMembers([]), { firstSync: true }))) instanceof RosterGuardError);
  assert.equal(sandbox.requests().length, 0);
});

test('unreadable files are errors with a reason', async () => {
  assert.throws(() => Roster.readText(''), InvalidRosterError);
  assert.throws(() => Roster.readText('PK\u0003\u0004'), InvalidRosterError);
  assert.throws(() => Roster.readText('Name,Town\nx,y\n'), /reference_id/);
  assert.ok((await failure(Roster.readFile('/nowhere/members.csv'))) instanceof InvalidRosterError);
});
