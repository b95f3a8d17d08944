/** `client.groups.members.sync` */

import type { APIPromise } from '../../../core/api-promise.js';
import { jsonText } from '../../../core/body.js';
import { InvalidArgumentError, type SyncHandle } from '../../../core/error.js';
import {
  addon,
  type NativeCancelToken,
  type NativeClient,
  type Start,
} from '../../../core/native.js';
import { encodeOptions, type PollOptions, type RequestOptions } from '../../../core/options.js';
import { encodePath } from '../../../core/path.js';
import { APIResource } from '../../../core/resource.js';
import { checkOptions, flag, guardOptions } from '../../../roster/options.js';
import type { CheckOptions, CheckReport, GuardOptions, RosterOutcome } from '../../../roster/reports.js';
import { Roster } from '../../../roster.js';

/** Syncs of a group's members. A sync **replaces the roster**: whoever is not in it is removed. */
export class Sync extends APIResource {
  /**
   * Submits the complete roster of a group, as it is. This is **unguarded**: it replaces the whole
   * roster, nothing is checked or compared before, and members who are not in it lose their coverage.
   * `apply` checks and compares first. The receipt says that the roster was accepted; it is applied
   * later.
   */
  submit(
    groupID: string,
    body: SyncSubmitParams,
    options?: RequestOptions,
  ): APIPromise<SyncSubmitResponse> {
    return this._client._call(
      'groups.members.sync.submit',
      [encodePath('groupID', groupID)],
      rosterBody(body),
      options,
    );
  }

  /** Reads what became of a submitted roster. */
  retrieve(
    requestID: string,
    params: SyncRetrieveParams,
    options?: RequestOptions,
  ): APIPromise<SyncRetrieveResponse> {
    const { group_id } = params;
    return this._client._call(
      'groups.members.sync.retrieve',
      [encodePath('group_id', group_id), encodePath('requestID', requestID)],
      undefined,
      options,
    );
  }

  /**
   * Waits until a sync request is done, by polling. Ending the wait does not end the sync: wait
   * again with the same ids, from any process.
   *
   * @example
   * ```ts
   * const state = await client.groups.members.sync.wait('grpmsr_1', { group_id: 'grp_1' });
   * console.log(state.data.results?.failures);
   * ```
   */
  async wait(
    requestID: string,
    params: SyncRetrieveParams,
    options?: SyncWaitOptions,
  ): Promise<SyncRetrieveResponse> {
    const group = encodePath('group_id', params.group_id);
    return this.#wait(group, encodePath('requestID', requestID), undefined, options);
  }

  /**
   * Submits the complete roster of a group and waits until the sync is completed. As `submit`, this is
   * **unguarded** and replaces the whole roster; `apply` checks and compares first.
   *
   * When the deadline passes, the error's `syncHandle` resumes with `wait`.
   *
   * @example
   * ```ts
   * const state = await client.groups.members.sync.submitAndWait(
   *   'grp_1',
   *   { members },
   *   { deadline: 120_000, onProgress: ({ polls, elapsed }) => console.log(polls, elapsed) },
   * );
   * ```
   */
  async submitAndWait(
    groupID: string,
    body: SyncSubmitParams,
    options?: SyncWaitOptions,
  ): Promise<SyncRetrieveResponse> {
    const text = jsonText(rosterBody(options?.body === undefined ? body : options.body));
    return this.#wait(encodePath('groupID', groupID), undefined, text, options);
  }

  /**
   * Makes a group look like a roster: checks every row, asks the guard, submits, waits, and joins
   * the outcome to the rows. Nothing is sent if a row is wrong or the guard refuses.
   *
   * The guard compares with what the group holds, so give `previous` (`groupAfter` of the last sync) or
   * `firstSync: true` (the group was never synced). Without either nothing is sent, as nobody can
   * say whose coverage would end. Only a group that the same client created in the same run, and that
   * nothing was submitted to since, is known to be empty.
   *
   * Unless set otherwise, the roster may leave out 10% of the previous members or 3 people, whichever
   * is more. `maxRemovals` sets another limit: a number of people, or a share in percent such as
   * `'5%'`; `'100%'` lifts it. An empty roster also needs `allowEmpty`, and people who come back under
   * another reference ID need `allowNewReferenceIds`. Times are in milliseconds.
   *
   * Rejects with `InvalidRosterError` or `RosterGuardError` before anything is sent, with what was
   * found as `details`; then as `submitAndWait`. Failed rows do not reject: look at `outcome.ok`.
   *
   * Keep `groupAfter`, what the group holds now, and pass it as `previous` of the next sync. The roster
   * that was sent differs from it once a row or a removal has failed. It holds health data.
   *
   * @example
   * ```ts
   * const [roster, previous] = [await Roster.readFile('members.csv'), await Roster.readFile('held.jsonl')];
   * const { outcome, groupAfter } = await client.groups.members.sync.apply('grp_1', roster, { previous });
   * if (groupAfter) await writeFile('held.jsonl', groupAfter.toJSONL(), { mode: 0o600 });
   * if (!outcome.ok) {
   *   console.error(outcome.text); // every failed row, and what to do about it
   *   process.exitCode = 1;
   * }
   * ```
   */
  async apply(groupID: string, roster: Roster, options: SyncApplyOptions = {}): Promise<SyncApplied> {
    const [current, previous] = [Roster._native(roster), Roster._native(options.previous)];
    const [group, guard, checks] = [encodePath('groupID', groupID), guardOptions(options), checkOptions(options)];
    const [firstSync, encoded] = [flag('firstSync', options.firstSync), encodeOptions(options)];
    // Kept, as the caller may change the options meanwhile.
    const baseline = { ...(options.previous && { previous: options.previous }), firstSync };
    const applied = await this.#listened<Omit<SyncApplied, 'groupAfter'>>(options, (native, id, hear, start) =>
      native.apply(id, group, current, previous, firstSync, guard, checks, encoded, hear, start),
    );
    const { results } = applied.state;
    return { ...applied, groupAfter: roster.after(results, { ...baseline, repeated: applied.outcome.repeated }) };
  }

  async #wait(
    group: string,
    request: string | undefined,
    body: string | undefined,
    options: SyncWaitOptions | undefined,
  ): Promise<SyncRetrieveResponse> {
    const encoded = encodeOptions(options);
    return this.#listened(options, (native, id, hear, start) =>
      native.wait(id, group, request, body, encoded, hear, start),
    );
  }

  /** Runs a wait; what its progress callback throws ends it. */
  async #listened<T>(options: SyncWaitOptions | undefined, start: StartListened): Promise<T> {
    const listener = options?.onProgress && new Listener(options.onProgress);
    try {
      const reply = await this._client._run(
        (native, id, with_) => start(native, id, listener?.hear, with_),
        options,
        listener?.cancel,
      );
      if (listener?.failed) throw listener.failure;
      return reply.value(false) as T;
    } catch (error) {
      throw listener?.failed ? listener.failure : error;
    }
  }
}

type StartListened = (
  native: NativeClient,
  id: number,
  hear: ((look: string | null) => void) | undefined,
  start?: Start,
) => void;

/** Calls a progress callback; what it throws ends the wait. */
class Listener {
  readonly cancel: NativeCancelToken = new addon.CancelToken();
  failed = false;
  failure: unknown;
  readonly #tell: (progress: SyncProgress) => void;

  constructor(tell: (progress: SyncProgress) => void) {
    this.#tell = tell;
  }

  readonly hear = (look: string | null): void => {
    if (look === null || this.failed) return;
    try {
      this.#tell(JSON.parse(look) as SyncProgress);
    } catch (error) {
      this.failed = true;
      this.failure = error;
      this.cancel.cancel();
    }
  };
}

/** Any iterable of members is read once. */
function rosterBody(body: unknown): unknown {
  const members = (body as { members?: unknown } | null | undefined)?.members;
  if (typeof members !== 'object' || members === null || Array.isArray(members)) return body;
  if (!(Symbol.iterator in members)) {
    if (Symbol.asyncIterator in members) {
      throw new InvalidArgumentError('`members` is an async iterable; collect it into an array first');
    }
    return body;
  }
  return { ...(body as object), members: [...(members as Iterable<unknown>)] };
}

/** One person of a roster. Keys that this version does not know are sent as they are. */
export interface Member {
  /** Your stable identifier of the member, the key of the reconciliation. */
  reference_id: string;
  /** Legal first name. */
  first_name: string;
  /** Legal last name. */
  last_name: string;
  /** `YYYY-MM-DD`. */
  date_of_birth: string;
  /** One of the organization's plans, `pln_…`. */
  plan_id: string;
  /** Where the member lives. */
  address: Member.Address;
  /** Left out keeps what the server has, `null` clears it. */
  email?: string | null;
  /** A US number, ten digits. Left out keeps what the server has, `null` clears it. */
  phone?: string | null;
}

export namespace Member {
  /** Where a member lives. */
  export interface Address {
    /** Street and number. */
    address_line_1: string;
    /** Apartment or suite. */
    address_line_2?: string | null;
    /** The city. */
    city: string;
    /** Two-letter code of the state or territory. */
    state: string;
    /** Five digits or ZIP+4. */
    zipcode: string;
  }
}

/** What a submission needs. */
export interface SyncSubmitParams {
  /** The complete roster: whoever is not in it is removed. */
  members: Iterable<SyncSubmitParams.Member>;
}

export namespace SyncSubmitParams {
  /** One person of the roster. */
  export type Member = import('./sync.js').Member;

  export namespace Member {
    /** Where a member lives. */
    export type Address = import('./sync.js').Member.Address;
  }
}

/** The answer to a submission: accepted, not done. */
export interface SyncSubmitResponse {
  /** The receipt. */
  data: SyncSubmitResponse.Data;
}

export namespace SyncSubmitResponse {
  /** The receipt. Keep `request_id`: the API lists no requests, a lost one cannot be found. */
  export interface Data {
    /** When the server took it. */
    accepted_at: string;
    /** The group whose roster is replaced. */
    group_id: string;
    /** `grpmsr_…`, opaque. */
    request_id: string;
  }
}

/** Whose request to read. */
export interface SyncRetrieveParams {
  /** The group whose roster is replaced. */
  group_id: string;
}

/** What became of a request so far. */
export interface SyncRetrieveResponse {
  /** The request. */
  data: SyncRetrieveResponse.Data;
}

export namespace SyncRetrieveResponse {
  /** What became of a request so far. */
  export interface Data {
    /** When the server took it. */
    accepted_at: string;
    /** Set once the request is done, `null` before. */
    completed_at: string | null;
    /** The group whose roster is replaced. */
    group_id: string;
    /** `grpmsr_…`, opaque. */
    request_id: string;
    /** Set once the request is done, `null` before. */
    results: Data.Results | null;
  }

  export namespace Data {
    /** Who was added, who was removed, what failed; unchanged and updated members are in none. */
    export interface Results {
      /** Memberships that began, `grpmbr_…`. */
      added_group_member_ids: string[];
      /** Rows that did not work; the others did. */
      failures: Results.Failure[];
      /** Memberships that ended, `grpmbr_…`. */
      removed_group_member_ids: string[];
    }

    export namespace Results {
      /** One row that did not work. */
      export interface Failure {
        /** What was tried. */
        operation: 'add' | 'remove' | (string & {});
        /** For people; never branch on it. */
        reason: string;
        /** Your identifier of the member. */
        reference_id: string;
      }
    }
  }
}

/** Options of a wait. `deadline` is 10 minutes unless set. */
export interface SyncWaitOptions extends RequestOptions, PollOptions {
  /** Called after the submission and after every look; what it throws ends the wait. */
  onProgress?: (progress: SyncProgress) => void;
}

/** What a progress callback sees. */
export interface SyncProgress extends SyncHandle {
  /** Looks so far; 0 right after a submission. */
  polls: number;
  /** Milliseconds since the wait began. */
  elapsed: number;
  /** The state that was last seen. */
  state: SyncRetrieveResponse.Data | null;
  /** The kind of the failure that the last look met, if it met one; the wait goes on. */
  lastError: string | null;
}

/** Options of `apply`. */
export interface SyncApplyOptions extends SyncWaitOptions, GuardOptions, CheckOptions {}

/** What `apply` brings back. */
export interface SyncApplied {
  /** The completed request. */
  state: SyncRetrieveResponse.Data;
  /** Its results, joined to the rows that were sent. */
  outcome: RosterOutcome;
  /** What the check found; warnings only, as errors stop the job. */
  report: CheckReport;
  /**
   * What the group holds now. Keep it and pass it as `previous` of the next sync: the roster that was
   * sent differs from it once a row or a removal has failed. `null` where the results are missing, as
   * then nobody knows. Its members are health data.
   */
  groupAfter: Roster | null;
}
