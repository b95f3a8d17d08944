// Makes a group look like a roster file, and tells what became of every row.
//
//   node sync-roster.mjs members.csv [previous.csv]

import VitableConnect from 'vitable-groups';
import { Roster } from 'vitable-groups/roster';

const [file, previousFile] = process.argv.slice(2);
const client = new VitableConnect(); // VITABLE_CONNECT_API_KEY
const { data: group, created } = await client.groups.getOrCreate({
  external_reference_id: 'tier-1',
  name: 'Tier 1',
});
console.log(`${created ? 'made' : 'found'} ${group.id}`);

const planIDs = [];
for await (const plan of client.plans.list({ limit: 100 })) planIDs.push(plan.id);

const roster = await Roster.readFile(file);
const report = roster.check({ planIDs });
console.log(report.text);
if (!report.ok) process.exit(1);

const previous = previousFile && (await Roster.readFile(previousFile));
if (previous) console.log(roster.diff(previous).text);

const { outcome } = await client.groups.members.sync.apply(group.id, roster, {
  ...(previous && { previous, maxRemovals: '5%' }),
  onProgress: ({ polls, elapsed }) => console.log(`look ${polls} after ${Math.round(elapsed)} ms`),
});
console.log(outcome.text);
