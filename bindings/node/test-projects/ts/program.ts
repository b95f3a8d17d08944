import VitableConnect, { type ClientOptions } from 'vitable-groups';
import type { APIPromise } from 'vitable-groups/api-promise';
import type { PageNumberPage, PagePromise } from 'vitable-groups/pagination';
import type { Group } from 'vitable-groups/resources/groups/groups';
import type { SyncSubmitParams, SyncRetrieveResponse } from 'vitable-groups/resources/groups/members/sync';
import { type OutcomeStatus, Roster } from 'vitable-groups/roster';
import { startSandbox } from 'vitable-groups/testing';

const options: ClientOptions = { maxRetries: 1 };
const client = new VitableConnect(options);

async function program(): Promise<void> {
  const params: VitableConnect.GroupCreateParams = { external_reference_id: 'ts-1', name: 'From TypeScript' };
  const created: APIPromise<VitableConnect.GroupResponse> = client.groups.create(params);
  const group: Group = (await created).data;
  const update: VitableConnect.GroupUpdateParams = { name: null };
  const listed: PagePromise<VitableConnect.GroupsPageNumberPage, VitableConnect.Group> = client.groups.list({
    limit: 1,
  } satisfies VitableConnect.GroupListParams);
  const page: PageNumberPage<Group> = await listed;
  const total: number | undefined = page.pagination.total_pages;
  const at: string | null = group.created_at;
  const requestOptions: VitableConnect.RequestOptions = { timeout: 1000, headers: { 'X-A': null } };
  await client.groups.update(group.id, update, requestOptions).catch((error: unknown) => {
    if (!(error instanceof VitableConnect.APIError)) throw error;
    const status: number | undefined = error.status;
    return status;
  });
  const member: SyncSubmitParams.Member = {
    reference_id: 'EMP-1',
    first_name: 'Jane',
    last_name: 'Doe',
    date_of_birth: '1990-05-15',
    plan_id: 'pln_Wgx_PobRSymT_ki30sYaBQ',
    address: { address_line_1: '1 Main St', city: 'Springfield', state: 'IL', zipcode: '62701' },
  };
  const { outcome, state, groupAfter } = await client.groups.members.sync.apply(group.id, Roster.fromMembers([member]), {
    firstSync: true,
    allowEmpty: false,
    allowNewReferenceIds: false,
  });
  const held: Roster | null = groupAfter;
  const same: Roster | null = Roster.fromMembers([member]).after(state.results, { firstSync: true });
  const status: OutcomeStatus = outcome.status;
  const failures: SyncRetrieveResponse.Data.Results.Failure[] = state.results?.failures ?? [];
  const sandbox = await startSandbox();
  await sandbox.stop();
  // @ts-expect-error a name is a string
  const wrong: VitableConnect.GroupCreateParams = { external_reference_id: 'x', name: 5 };
  // @ts-expect-error there is no such method
  void client.groups.remove;
  if (status !== 'succeeded' || outcome.added !== 1 || held?.length !== 1 || same?.length !== 1 || failures.length !== 0 || !total || !at || !wrong) throw new Error('unexpected');
  console.log('ok');
}

void program();
