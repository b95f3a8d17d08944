// Makes a group look like a roster file, and reports the outcome of every row.
//
//   node sync-roster.mjs members.csv last-month.csv   # the roster that was sent last
//   node sync-roster.mjs members.csv --first-sync     # the group was never synced
//
// Exits with 0 only if everything was applied as planned.

import VitableConnect from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';

const [file, last] = process.argv.slice(2);
if (!file || !last) {
  console.error('usage: node sync-roster.mjs MEMBERS (LAST-ROSTER | --first-sync)');
  process.exit(2);
}
const roster = await Roster.readFile(file);
const baseline = last === '--first-sync' ? { firstSync: true } : { previous: await Roster.readFile(last) };

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

const { outcome } = await client.groups.members.sync.apply(group.id, roster, {
  ...baseline,
  maxRemovals: '5%',
  onProgress: ({ polls, elapsed }) => console.log(`poll ${polls} after ${Math.round(elapsed)} ms`),
});
console.log(outcome.text);
if (!outcome.ok) {
  console.error(`needs attention: ${outcome.status}`);
  process.exitCode = 1;
}
