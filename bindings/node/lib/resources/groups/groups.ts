/** `client.groups` */

import type { APIPromise } from '../../core/api-promise.js';
import { encodePath } from '../../core/path.js';
import { PageNumberPage, type PageNumberPageParams, type PagePromise } from '../../core/pagination.js';
import { encodeOptions, type RequestOptions } from '../../core/options.js';
import { APIResource } from '../../core/resource.js';
import { Members } from './members/members.js';

/** Groups: long-lived sets of members whose rosters are replaced by syncs. */
export class Groups extends APIResource {
  /** The members of groups. */
  members: Members = new Members(this._client);

  /**
   * Lists the groups of the organization, page by page.
   *
   * @example
   * ```ts
   * for await (const group of client.groups.list({ limit: 100 })) {
   *   console.log(group.id, group.name);
   * }
   * ```
   */
  list(
    query: GroupListParams | null | undefined = {},
    options?: RequestOptions,
  ): PagePromise<GroupsPageNumberPage, Group> {
    return this._client._list<Group>('groups.list', '/v1/groups', query, options);
  }

  /**
   * Creates a group. If an attempt's outcome is unknown, the group is looked up before it is sent
   * again, so that a retry makes no duplicate.
   *
   * @example
   * ```ts
   * const group = await client.groups.create({ external_reference_id: 'tier-1', name: 'Tier 1' });
   * console.log(group.data.id);
   * ```
   */
  create(body: GroupCreateParams, options?: RequestOptions): APIPromise<GroupResponse> {
    return this._client._call('groups.create', [], body, options);
  }

  /** Gets one group by its id, `grp_…`. */
  retrieve(groupID: string, options?: RequestOptions): APIPromise<GroupResponse> {
    return this._client._call('groups.retrieve', [encodePath('groupID', groupID)], undefined, options);
  }

  /** Changes the name or the reference of a group; what is not given stays. */
  update(
    groupID: string,
    body: GroupUpdateParams | null | undefined = {},
    options?: RequestOptions,
  ): APIPromise<GroupResponse> {
    return this._client._call('groups.update', [encodePath('groupID', groupID)], body, options);
  }

  /**
   * The group of a reference, or `null`, found by walking the pages: the API has no dependable
   * filter.
   */
  async findByExternalReferenceId(
    externalReferenceID: string,
    options?: RequestOptions,
  ): Promise<Group | null> {
    const encoded = encodeOptions(options);
    const reply = await this._client._run(
      (native, id, start) => native.findGroup(id, externalReferenceID, encoded, start),
      options,
    );
    return (reply.value(false) as { data: Group | null }).data;
  }

  /**
   * The group of a reference, made if there is none. Two that run at once get the same group;
   * `created` says whether this call made it.
   */
  async getOrCreate(
    body: GroupCreateParams,
    options?: RequestOptions,
  ): Promise<GroupResponse & { created: boolean }> {
    const encoded = encodeOptions(options);
    const { external_reference_id, name } = body;
    const reply = await this._client._run(
      (native, id, start) => native.getOrCreate(id, external_reference_id, name, encoded, start),
      options,
    );
    return reply.value(false) as GroupResponse & { created: boolean };
  }
}

/** A page of groups. */
export type GroupsPageNumberPage = PageNumberPage<Group>;
export const GroupsPageNumberPage: typeof PageNumberPage<Group> = PageNumberPage<Group>;

/** A group. Keys that this version does not know are kept. */
export interface Group {
  /** `grp_…`, opaque. */
  id: string;
  /** When it was made, as the API writes times. */
  created_at: string | null;
  /** Your own identifier of the group, unique in the organization. */
  external_reference_id: string;
  /** What people call it. */
  name: string;
  /** `org_…`, whose group it is. */
  organization_id: string;
  /** When it was last changed. */
  updated_at: string | null;
}

/** A group, as single resources come. */
export interface GroupResponse {
  /** The group. */
  data: Group;
}

/** What a new group needs. */
export interface GroupCreateParams {
  /** Your own identifier of the group, 1 to 255 characters, unique in the organization. */
  external_reference_id: string;
  /** What people call it, 1 to 255 characters. */
  name: string;
}

/** What of a group can be changed. */
export interface GroupUpdateParams {
  /** Your own identifier of the group; left out, it stays. */
  external_reference_id?: string | null;
  /** What people call it; left out, it stays. */
  name?: string | null;
}

/** Which groups to list. */
export interface GroupListParams extends PageNumberPageParams {}

Groups.Members = Members;

export declare namespace Groups {
  export {
    type Group,
    type GroupResponse,
    GroupsPageNumberPage,
    type GroupCreateParams,
    type GroupUpdateParams,
    type GroupListParams,
  };
  export { Members };
}
