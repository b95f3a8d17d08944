import assert from 'node:assert/strict';
import VitableConnect, { APIError, APIPromise, toFile, VitableConnect as Named } from 'vitable-groups';
import { PageNumberPage } from 'vitable-groups/core/pagination';

const client = new VitableConnect({ maxRetries: 0, timeout: 20 * 1000, logLevel: 'off' });
assert.equal(VitableConnect, Named);
assert.equal(typeof toFile, 'function');

const promise = client.groups.create({ external_reference_id: 'mjs-1', name: 'Von ESM, größer' });
assert.ok(promise instanceof APIPromise);
const rawResponse = await promise.asResponse();
assert.ok(rawResponse instanceof Response);
const { data: group, response } = await promise.withResponse();
assert.equal(response.status, 201);
assert.equal(group.data.name, 'Von ESM, größer');

let page = await client.groups.list({ limit: 1 });
assert.ok(page instanceof PageNumberPage);
const seen = [...page.data];
while (page.hasNextPage()) {
  page = await page.getNextPage();
  seen.push(...page.data);
}
assert.ok(seen.some(({ id }) => id === group.data.id));

const members = [
  {
    address: { address_line_1: '123 Main Street', city: 'San Francisco', state: 'CA', zipcode: '94102' },
    date_of_birth: '1990-05-15',
    first_name: 'Jane',
    last_name: 'Doe',
    plan_id: 'pln_Wgx_PobRSymT_ki30sYaBQ',
    reference_id: 'EMP-001',
  },
];
const receipt = await client.groups.members.sync.submit(group.data.id, { members });
const state = await client.groups.members.sync.retrieve(receipt.data.request_id, { group_id: group.data.id });
assert.equal(state.data.results.added_group_member_ids.length, 1);

const raw = await client.get('/v1/groups', { query: { limit: 1 } });
assert.equal(raw.data.length, 1);
try {
  await client.post('/v1/groups', { body: {} });
  assert.fail('the server rejects it');
} catch (error) {
  assert.ok(error instanceof APIError);
  assert.equal(error.status, 400);
}
const controller = new AbortController();
const aborted = client.groups.list({}, { signal: controller.signal });
controller.abort();
await assert.rejects(aborted, VitableConnect.APIUserAbortError);
console.log('ok');
