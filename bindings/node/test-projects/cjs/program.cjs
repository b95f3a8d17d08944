const assert = require('node:assert/strict');
const VitableConnect = require('vitable-groups');
const { NotFoundError } = require('vitable-groups/error');

const client = new VitableConnect({ apiKey: 'My API Key' });

async function main() {
  const created = await client.groups.create({ external_reference_id: 'cjs-1', name: 'From CommonJS' });
  const updated = await client.groups.update(created.data.id, { name: 'Renamed' });
  assert.equal(updated.data.name, 'Renamed');
  const names = [];
  for await (const group of client.groups.list({ limit: 1 })) names.push(group.name);
  assert.ok(names.includes('Renamed'));
  await client.groups.retrieve('grp_nowhere').catch((error) => {
    assert.ok(error instanceof VitableConnect.NotFoundError);
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.status, 404);
    assert.equal(error.name, 'NotFoundError');
  });
  console.log('ok');
}

main();
