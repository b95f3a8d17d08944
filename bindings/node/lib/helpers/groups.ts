/** What `client.groups` does beyond the operations of the API. */

import { encodeOptions, type RequestOptions } from '../core/request/options.js';
import { APIResource } from '../core/resource.js';
import type { Group, GroupCreateParams, GroupResponse } from '../models/groups.js';

/** The helpers of `Groups`. */
export class GroupHelpers extends APIResource {
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
