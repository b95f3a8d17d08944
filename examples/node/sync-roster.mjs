// Syncs a group to a roster file, and reports the outcome of every row.
//
//   node sync-roster.mjs members.csv held.jsonl               # held.jsonl: the baseline that the last run stored
//   node sync-roster.mjs members.csv held.jsonl --first-sync  # the group was never synced
//
// held.jsonl contains health data; only its owner can read it. If a run cannot determine what the group
// holds, it leaves held.jsonl.before instead, and the next run stops: check the status of the sync first.
//
// Exits with 0 only if everything was applied as planned.

import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import VitableConnect, { VitableConnectError } from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';

const [file, held, flag] = process.argv.slice(2);
const firstSync = flag === '--first-sync';
if (!file || !held || (flag && !firstSync)) {
  console.error('usage: node sync-roster.mjs MEMBERS HELD [--first-sync]');
  process.exit(2);
}
const before = `${held}.before`;
if (existsSync(before) || (firstSync && existsSync(held))) {
  const why = existsSync(before) ? `${before} is left over from a run that did not finish` : `${held} is of an earlier sync`;
  console.error(`nothing was sent: ${why}`);
  process.exit(2);
}
const roster = await Roster.readFile(file);
const baseline = firstSync ? { firstSync } : { previous: await Roster.readFile(held) };

const client = new VitableConnect(); // VITABLE_CONNECT_API_KEY
const { data: group, created } = await client.groups.getOrCreate({
  external_reference_id: 'tier-1',
  name: 'Tier 1',
});
console.log(`${created ? 'created' : 'found'} ${group.id}`);

const planIDs = [];
for await (const plan of client.plans.list({ limit: 100 })) planIDs.push(plan.id);

const report = roster.check({ planIDs });
console.log(report.text);
if (!report.ok) process.exit(1);
if (baseline.previous) console.log(roster.diff(baseline.previous).text);

// Moved away during the sync, so that a run that is interrupted leaves no outdated baseline.
if (firstSync) await writeFile(before, '', { flag: 'wx' });
else await rename(held, before);
const options = {
  ...baseline,
  maxRemovals: '5%',
  onProgress: ({ polls, request_id }) => console.log(`${request_id}: poll ${polls}`),
};
const applied = await client.groups.members.sync.apply(group.id, roster, options).catch(async (error) => {
  // If nothing was applied, the baseline is still valid.
  const isUnchanged = error instanceof VitableConnectError && !error.outcomeUnknown && !error.syncHandle;
  if (isUnchanged) await (firstSync ? rm(before) : rename(before, held));
  throw error;
});

const { outcome, groupAfter } = applied;
if (groupAfter) {
  // The baseline of the next run. It differs from the submitted roster if a row failed.
  await writeFile(held, groupAfter.toJSONL(), { flag: 'wx', mode: 0o600, flush: true });
  await rm(before);
}
console.log(outcome.text);
if (!outcome.ok) {
  console.error(`needs attention: ${outcome.status}`);
  process.exitCode = 1;
}
