const { VitableConnect, NotFoundError } = require('vitable-groups');
const { startSandbox } = require('vitable-groups/testing');

let sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

test('a failed create is retried', async () => {
  sandbox.fault({ operation: 'groups.create', status: 503, headers: { 'retry-after-ms': '1' } });
  const { data } = await sandbox.client().groups.create({ external_reference_id: 'j', name: 'J' });
  expect(data.name).toBe('J');
  expect(sandbox.requests()).toHaveLength(2);
});

test('errors keep their classes', async () => {
  const client = new VitableConnect({ apiKey: 'k', baseURL: sandbox.baseURL });
  await expect(client.groups.retrieve('grp_x')).rejects.toThrow(NotFoundError);
});
