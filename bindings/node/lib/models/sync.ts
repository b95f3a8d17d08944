/** Requests and responses of member syncs. */

import type { Member as RosterMember } from './member.js';

/** The parameters of a submission. */
export interface SyncSubmitParams {
  /** The complete roster. Members missing from it are removed. */
  members: Iterable<SyncSubmitParams.Member>;
}

export namespace SyncSubmitParams {
  /** One person in the roster. */
  export type Member = RosterMember;

  export namespace Member {
    /** The home address of a member. */
    export type Address = RosterMember.Address;
  }
}

/** The response to a submission: accepted, not yet completed. */
export interface SyncSubmitResponse {
  /** The receipt. */
  data: SyncSubmitResponse.Data;
}

export namespace SyncSubmitResponse {
  /** The receipt. Keep `request_id`: the API cannot list requests. */
  export interface Data {
    /** When the server accepted the submission. */
    accepted_at: string;
    /** The group whose roster is replaced. */
    group_id: string;
    /** `grpmsr_…`, opaque. */
    request_id: string;
  }
}

/** The parameters that identify a sync request, with its id. */
export interface SyncRetrieveParams {
  /** The group whose roster is replaced. */
  group_id: string;
}

/** The state of a sync request. */
export interface SyncRetrieveResponse {
  /** The request. */
  data: SyncRetrieveResponse.Data;
}

export namespace SyncRetrieveResponse {
  /** The state of a sync request. */
  export interface Data {
    /** When the server accepted the submission. */
    accepted_at: string;
    /** When the sync was completed; `null` until then. */
    completed_at: string | null;
    /** The group whose roster is replaced. */
    group_id: string;
    /** `grpmsr_…`, opaque. */
    request_id: string;
    /** The results of a completed sync; `null` until then. */
    results: Data.Results | null;
  }

  export namespace Data {
    /** Who was added or removed, and which rows failed. Members who stay appear in none of the lists. */
    export interface Results {
      /** Memberships that began, `grpmbr_…`. */
      added_group_member_ids: string[];
      /** Rows that failed; all others were applied. */
      failures: Results.Failure[];
      /** Memberships that ended, `grpmbr_…`. */
      removed_group_member_ids: string[];
    }

    export namespace Results {
      /** A row that failed. */
      export interface Failure {
        /** The operation that failed. */
        operation: 'add' | 'remove' | (string & {});
        /** Human-readable; do not branch on it. */
        reason: string;
        /** Your identifier of the member. */
        reference_id: string;
      }
    }
  }
}
