import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from 'vitable-groups/testing';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

test('a failed create is retried', async () => {
  sandbox.fault({ operation: 'groups.create', status: 503, headers: { 'retry-after-ms': '1' } });
  const { data } = await sandbox.client().groups.create({ external_reference_id: 'v', name: 'V' });
  expect(data.name).toBe('V');
  expect(sandbox.requests()).toHaveLength(2);
});

test('errors keep their classes', async () => {
  await expect(sandbox.client().groups.retrieve('grp_x')).rejects.toMatchObject({ name: 'NotFoundError', status: 404 });
});
