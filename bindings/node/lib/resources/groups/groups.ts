/** `client.groups` */

import type { APIPromise } from '../../core/api-promise.js';
import { PageNumberPage, type PageNumberPageParams, type PagePromise } from '../../core/pagination.js';
import { encodeOptions, type RequestOptions } from '../../core/request/options.js';
import { pathParam } from '../../core/request/path.js';
import { APIResource } from '../../core/resource.js';
import { Members } from './members/members.js';

/** Groups: long-lived sets of members. A sync replaces the roster of a group. */
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
   * Creates a group. If the outcome of an attempt is unknown, the group is looked up before the create is
   * retried, so that a retry never creates a duplicate.
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

  /** Retrieves a group by its id, `grp_…`. */
  retrieve(groupID: string, options?: RequestOptions): APIPromise<GroupResponse> {
    return this._client._call('groups.retrieve', [pathParam('groupID', groupID)], undefined, options);
  }

  /** Changes the name or the reference ID of a group. Omitted fields stay unchanged. */
  update(
    groupID: string,
    body: GroupUpdateParams | null | undefined = {},
    options?: RequestOptions,
  ): APIPromise<GroupResponse> {
    return this._client._call('groups.update', [pathParam('groupID', groupID)], body, options);
  }

  /**
   * Finds a group by your reference ID, or returns `null`. It iterates over the pages of the list, as the
   * API has no reliable filter.
   */
  async findByExternalReferenceId(
    externalReferenceID: string,
    options?: RequestOptions,
  ): Promise<Group | null> {
    const encoded = encodeOptions(options);
    const response = await this._client._run(
      (native, callId, start) => native.findGroup(callId, externalReferenceID, encoded, start),
      options,
    );
    return (response.value(false) as { data: Group | null }).data;
  }

  /**
   * Finds a group by your reference ID, or creates it. Concurrent calls get the same group; `created` is
   * true for the call that created it.
   */
  async getOrCreate(
    body: GroupCreateParams,
    options?: RequestOptions,
  ): Promise<GroupResponse & { created: boolean }> {
    const encoded = encodeOptions(options);
    const { external_reference_id, name } = body;
    const response = await this._client._run(
      (native, callId, start) =>
        native.getOrCreate(callId, external_reference_id, name, encoded, start),
      options,
    );
    return response.value(false) as GroupResponse & { created: boolean };
  }
}

/** A page of groups. */
export type GroupsPageNumberPage = PageNumberPage<Group>;
export const GroupsPageNumberPage: typeof PageNumberPage<Group> = PageNumberPage<Group>;

/** A group. Keys that this version does not know are preserved. */
export interface Group {
  /** `grp_…`, opaque. */
  id: string;
  /** When it was created, as the API formats times. */
  created_at: string | null;
  /** Your identifier of the group, unique in the organization. */
  external_reference_id: string;
  /** The display name. */
  name: string;
  /** The organization that owns it, `org_…`. */
  organization_id: string;
  /** When it was last changed. */
  updated_at: string | null;
}

/** The response of a call that returns one group. */
export interface GroupResponse {
  /** The group. */
  data: Group;
}

/** The parameters of a new group. */
export interface GroupCreateParams {
  /** Your identifier of the group, 1 to 255 characters, unique in the organization. */
  external_reference_id: string;
  /** The display name, 1 to 255 characters. */
  name: string;
}

/** The changes to a group. */
export interface GroupUpdateParams {
  /** Your identifier of the group; if omitted, it stays unchanged. */
  external_reference_id?: string | null;
  /** The display name; if omitted, it stays unchanged. */
  name?: string | null;
}

/** The parameters of a list of groups. */
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
