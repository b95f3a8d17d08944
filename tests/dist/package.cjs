// Run by scripts/dist_test.py in a project with only the packed packages.

const assert = require('node:assert/strict');
const VitableConnect = require('vitable-groups');
const { Roster } = require('vitable-groups/roster');
const { startSandbox } = require('vitable-groups/testing');
const { VERSION } = require('vitable-groups/version');

async function main() {
  const [version, rosterFile, seedFile] = process.argv.slice(2);
  assert.equal(VERSION, version);
  const modules = await import('vitable-groups');
  assert.equal(modules.VitableConnect, VitableConnect);

  const sandbox = await startSandbox({ seed: require(seedFile) });
  const client = new VitableConnect({ apiKey: 'k', baseURL: sandbox.baseURL });
  const { data: group } = await client.groups.getOrCreate({ external_reference_id: 'tier-1', name: 'Tier 1' });
  const roster = await Roster.readFile(rosterFile);
  const { outcome, groupAfter } = await client.groups.members.sync.apply(group.id, roster, { firstSync: true });
  assert.deepEqual([outcome.status, outcome.added], ['succeeded', 250]);
  assert.equal(outcome.failures.length, 0);
  assert.deepEqual(groupAfter.members(), roster.members());
  await assert.rejects(client.groups.retrieve('grp_nowhere'), VitableConnect.NotFoundError);
  await sandbox.stop();
  console.log('ok');
}

main();
