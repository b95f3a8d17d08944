/** What `client.groups.members.sync` does beyond the operations of the API. */

import type { SyncHandle } from '../core/error.js';
import {
  addon,
  type NativeCancelToken,
  type NativeClient,
  type StartOptions,
} from '../core/native.js';
import { collected, jsonText } from '../core/request/body.js';
import { encodeOptions, type PollOptions, type RequestOptions } from '../core/request/options.js';
import { pathParam } from '../core/request/path.js';
import { APIResource } from '../core/resource.js';
import type { SyncRetrieveParams, SyncRetrieveResponse, SyncSubmitParams } from '../models/sync.js';
import { type CheckOptions, checkOptions, flag, guardLimits } from '../roster/options.js';
import type { CheckReport, Outcome } from '../roster/reports.js';
import { type GuardOptions, Roster } from '../roster/roster.js';

/** The helpers of `Sync`. A sync **replaces the roster**: members missing from it are removed. */
export class SyncHelpers extends APIResource {
  /**
   * Polls a sync request until it is completed. Canceling the wait does not cancel the sync: wait again
   * with the same ids, from any process.
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
    options?: WaitOptions,
  ): Promise<SyncRetrieveResponse> {
    const group = pathParam('group_id', params.group_id);
    return this.#wait(group, pathParam('requestID', requestID), undefined, options);
  }

  /**
   * Submits the complete roster of a group and waits until the sync is completed. Like `submit`, this is
   * **unguarded** and replaces the whole roster; `apply` checks and compares first.
   *
   * If the deadline passes, pass the error's `syncHandle` to `wait` to resume.
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
    options?: WaitOptions,
  ): Promise<SyncRetrieveResponse> {
    const text = jsonText(collected(options?.body === undefined ? body : options.body, ['members']));
    return this.#wait(pathParam('groupID', groupID), undefined, text, options);
  }

  /**
   * Syncs a group to a roster: checks every row, runs the guard, submits, waits, and reports the outcome
   * of each row. Nothing is sent if a row has errors or the guard blocks the sync.
   *
   * The guard compares the roster with what the group holds, so pass `previous` (`groupAfter` of the last
   * sync) or `firstSync: true` (the group was never synced). Without a baseline nothing is sent, as
   * removals cannot be known. The one exception is a group that this client created and has not submitted
   * anything to since: it is known to be empty.
   *
   * By default, 10% of the previous members or 3 members, whichever is more, may be missing.
   * `maxRemovals` sets another limit: a number of members or a percentage such as `'5%'`; `'100%'` lifts
   * it. An empty roster also needs `allowEmpty`, and members under new reference IDs need
   * `allowNewReferenceIds`. Times are in milliseconds.
   *
   * Rejects with `InvalidRosterError` or `RosterGuardError` before anything is sent, with the findings as
   * `details`; then as `submitAndWait` does. Failed rows do not reject: check `outcome.ok`.
   *
   * Keep `groupAfter`, what the group holds now, and pass it as `previous` of the next sync. It differs
   * from the submitted roster if a row or a removal failed. It holds health data.
   *
   * @example
   * ```ts
   * const [roster, previous] = [await Roster.readFile('members.csv'), await Roster.readFile('held.jsonl')];
   * const { outcome, groupAfter } = await client.groups.members.sync.apply('grp_1', roster, { previous });
   * if (groupAfter) await writeFile('held.jsonl', groupAfter.toJSONL(), { mode: 0o600 });
   * if (!outcome.ok) {
   *   console.error(outcome.text); // every failed row, and how to fix it
   *   process.exitCode = 1;
   * }
   * ```
   */
  async apply(groupID: string, roster: Roster, options: SyncApplyOptions = {}): Promise<ApplyResult> {
    const current = Roster._native(roster);
    const previous = Roster._native(options.previous);
    const group = pathParam('groupID', groupID);
    const guard = guardLimits(options);
    const checks = checkOptions(options);
    const firstSync = flag('firstSync', options.firstSync);
    const encoded = encodeOptions(options);
    // Copied, as the caller may change the options while the sync runs.
    const baseline = { ...(options.previous && { previous: options.previous }), firstSync };
    const applied = await this.#runWithProgress<Omit<ApplyResult, 'groupAfter'>>(
      options,
      (native, callId, onProgress, start) =>
        native.apply(
          callId,
          group,
          current,
          previous,
          firstSync,
          guard,
          checks,
          encoded,
          onProgress,
          start,
        ),
    );
    const { repeated } = applied.outcome;
    const groupAfter = roster.after(applied.state.results, { ...baseline, repeated });
    return { ...applied, groupAfter };
  }

  async #wait(
    group: string,
    request: string | undefined,
    body: string | undefined,
    options: WaitOptions | undefined,
  ): Promise<SyncRetrieveResponse> {
    const encoded = encodeOptions(options);
    return this.#runWithProgress(options, (native, callId, onProgress, start) =>
      native.wait(callId, group, request, body, encoded, onProgress, start),
    );
  }

  /** Runs a wait. An error that its progress callback throws cancels it. */
  async #runWithProgress<T>(
    options: WaitOptions | undefined,
    start: StartWithProgress,
  ): Promise<T> {
    const listener = options?.onProgress && new ProgressListener(options.onProgress);
    try {
      const response = await this._client._run(
        (native, callId, more) => start(native, callId, listener?.onProgress, more),
        options,
        listener?.cancel,
      );
      if (listener?.failed) throw listener.failure;
      return response.value(false) as T;
    } catch (error) {
      throw listener?.failed ? listener.failure : error;
    }
  }
}

type StartWithProgress = (
  native: NativeClient,
  callId: number,
  onProgress: ((progress: string | null) => void) | undefined,
  start?: StartOptions,
) => void;

/** Calls a progress callback, and cancels the wait if it throws. */
class ProgressListener {
  readonly cancel: NativeCancelToken = new addon.CancelToken();
  failed = false;
  failure: unknown;
  readonly #callback: (progress: SyncProgress) => void;

  constructor(callback: (progress: SyncProgress) => void) {
    this.#callback = callback;
  }

  readonly onProgress = (progress: string | null): void => {
    // A null only flushes what was reported before it.
    if (progress === null || this.failed) return;
    try {
      this.#callback(JSON.parse(progress) as SyncProgress);
    } catch (error) {
      this.failed = true;
      this.failure = error;
      this.cancel.cancel();
    }
  };
}

/** Options of a wait. `deadline` is 10 minutes by default. */
export interface WaitOptions extends RequestOptions, PollOptions {
  /** Called after the submission and after every poll. If it throws, the wait rejects with that error. */
  onProgress?: (progress: SyncProgress) => void;
}

/** The progress of a sync, passed to `onProgress`. */
export interface SyncProgress extends SyncHandle {
  /** Polls so far; 0 right after the submission. */
  polls: number;
  /** Milliseconds since the wait began. */
  elapsed: number;
  /** The state that the last successful poll returned. */
  state: SyncRetrieveResponse.Data | null;
  /** The kind of error of the last poll, if it failed; the wait continues. */
  lastError: string | null;
}

/** Options of `apply`. */
export interface SyncApplyOptions extends WaitOptions, GuardOptions, CheckOptions {}

/** The result of `apply`. */
export interface ApplyResult {
  /** The completed request. */
  state: SyncRetrieveResponse.Data;
  /** The outcome of each submitted row. */
  outcome: Outcome;
  /** The findings of the check: warnings only, as errors reject. */
  report: CheckReport;
  /**
   * What the group holds now. Keep it and pass it as `previous` of the next sync: it differs from the
   * submitted roster if a row or a removal failed. `null` if the results are missing, as it is then
   * unknown. It holds health data.
   */
  groupAfter: Roster | null;
}
