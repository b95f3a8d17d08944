/** `client.groups.members` */

import { APIResource } from '../../../core/resource.js';
import {
  Member,
  Sync,
  SyncProgress,
  SyncRetrieveParams,
  SyncRetrieveResponse,
  SyncSubmitParams,
  SyncSubmitResponse,
  WaitOptions,
} from './sync.js';

/** The members of groups. Only syncs change them. */
export class Members extends APIResource {
  /** Syncs, each of which replaces the complete roster of a group. */
  sync: Sync = new Sync(this._client);
}

Members.Sync = Sync;

export declare namespace Members {
  export {
    Sync,
    Member,
    SyncProgress,
    SyncSubmitResponse,
    SyncRetrieveResponse,
    SyncSubmitParams,
    SyncRetrieveParams,
    WaitOptions,
  };
}
