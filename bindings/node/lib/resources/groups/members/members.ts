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
  SyncWaitOptions,
} from './sync.js';

/** The members of groups. They are changed by syncs only. */
export class Members extends APIResource {
  /** Syncs: complete rosters, replaced as a whole. */
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
    SyncWaitOptions,
  };
}
