/** Rosters of groups, and the options and results that contain them. */

import { callNative } from '../core/create-error.js';
import { InvalidArgumentError } from '../core/error.js';
import { addon, type NativeRoster } from '../core/native.js';
import type { Member, RosterField } from '../models/member.js';
import type { SyncRetrieveResponse } from '../models/sync.js';
import {
  type CheckOptions,
  checkOptions,
  flag,
  type GuardLimits,
  guardLimits,
  type NormalizeOptions,
  normalizeOptions,
  type ReadOptions,
  readOptions,
} from './options.js';
import type { CheckReport, Finding, ReadReport, RosterDiff, Outcome } from './reports.js';

type Results = SyncRetrieveResponse.Data.Results;

/** What the group holds before a sync. The API cannot list members, so the caller has to know it. */
export interface BaselineOptions {
  /**
   * The roster that the group holds now: `groupAfter` of the last sync. The last submitted roster is the
   * same only if no row failed.
   */
  previous?: Roster;
  /** The group was never synced and is empty. Excludes `previous`. */
  firstSync?: boolean;
}

/** Options of the guard, which blocks rosters without `previous` or `firstSync`. */
export interface GuardOptions extends BaselineOptions, GuardLimits {}

/** What is known about a sync besides its results. */
export interface OutcomeOptions extends BaselineOptions {
  /** Whether the submission was sent more than once: `repeated` of its metadata. */
  repeated?: boolean;
}

/** A normalized roster, and what was changed. */
export interface NormalizedRoster {
  /** The normalized roster. */
  roster: Roster;
  /** The number of changed values. */
  total: number;
  /** The changes, masked. */
  changes: {
    row: number;
    line: number | null;
    reference_id: string;
    field: RosterField;
    rule: string;
    from: string;
    to: string;
  }[];
  /** Values that are ambiguous. */
  findings: Finding[];
}

/** A complete roster to submit again. */
export interface CorrectedRoster {
  /** All rows, with the corrected ones replaced. */
  roster: Roster;
  /** The number of replaced rows. */
  replaced: number;
  /** Reference IDs of rows that failed and were not replaced. */
  still_failing: string[];
}

/**
 * The complete roster of one group, with the row and line of each member.
 *
 * Reports contain no health data: values are masked. `members()`, `toCSV()` and `toJSONL()` do.
 *
 * @example
 * ```ts
 * const roster = await Roster.readFile('members.csv');
 * const report = roster.check();
 * if (!report.ok) console.log(report.text);
 * ```
 */
export class Roster implements Iterable<Member> {
  readonly #native: NativeRoster;

  private constructor(native: NativeRoster) {
    this.#native = native;
  }

  /** @internal */
  static _native<T extends Roster | undefined>(roster: T): NativeRoster | (T & undefined);
  static _native(roster: Roster | undefined): NativeRoster | undefined {
    if (roster === undefined) return undefined;
    // Untyped programs may pass a `groupAfter` that is null.
    if (roster instanceof Roster) return roster.#native;
    throw new InvalidArgumentError(
      'the roster is not a `Roster`; if `groupAfter` is null, find out what the group holds first',
    );
  }

  /** Reads CSV, JSON or JSON Lines from text or bytes; the format is detected unless set. */
  static readText(source: string | Uint8Array, options?: ReadOptions): Roster {
    return new Roster(callNative(() => addon.Roster.read(source, readOptions(options))));
  }

  /** Reads a file; the format is that of its extension, else detected. */
  static async readFile(path: string, options?: ReadOptions): Promise<Roster> {
    try {
      return new Roster(await addon.Roster.readFile(path, readOptions(options)));
    } catch (error) {
      return callNative(() => {
        throw error;
      });
    }
  }

  /** Reads a stream of bytes or text to its end: a file, an upload, the body of a response. */
  static async readStream(
    stream: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
    options?: ReadOptions,
  ): Promise<Roster> {
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    return Roster.readText(Buffer.concat(parts), options);
  }

  /** Creates a roster from objects; keys are matched to fields as the columns of a file are. */
  static fromMembers(members: Iterable<Member | Record<string, unknown>>, options?: ReadOptions): Roster {
    const values = JSON.stringify([...members]);
    return new Roster(callNative(() => addon.Roster.fromValues(values, readOptions(options))));
  }

  /** The number of rows. */
  get length(): number {
    return this.#native.length;
  }

  /** How the roster was read: the format, and the columns with the fields they were matched to. */
  get report(): ReadReport | null {
    return JSON.parse(this.#native.report()) as ReadReport | null;
  }

  /** The members as they are sent. Health data. */
  members(): Member[] {
    return (JSON.parse(this.#native.toJson().toString()) as { members: Member[] }).members;
  }

  /** The members, one by one. */
  *[Symbol.iterator](): Iterator<Member> {
    yield* this.members();
  }

  /** Checks every row against every rule of the API, and returns all findings. */
  check(options: CheckOptions = {}): CheckReport {
    const encoded = checkOptions(options);
    return JSON.parse(callNative(() => this.#native.check(encoded))) as CheckReport;
  }

  /** The changes that a sync of this roster makes to a group that holds the previous one. */
  diff(previous: Roster): RosterDiff {
    const native = Roster._native(previous);
    return JSON.parse(callNative(() => this.#native.diff(native))) as RosterDiff;
  }

  /**
   * Throws `RosterGuardError` if a sync would end more subscriptions than allowed, or if there is no
   * baseline to compare with. Its `details` have a `kind`: `empty_roster`, `no_baseline`,
   * `contradicting_baseline`, `empty_previous_roster`, `previous_roster_has_errors`,
   * `new_reference_ids` or `too_many_removals`.
   *
   * @example
   * ```ts
   * roster.guard({ previous, maxRemovals: '5%' });
   * ```
   */
  guard(options: GuardOptions = {}): void {
    const limits = guardLimits(options);
    const firstSync = flag('firstSync', options.firstSync);
    callNative(() => this.#native.guard(Roster._native(options.previous), firstSync, limits));
  }

  /** Converts values to the formats that the API accepts. Returns a new roster and the changes. */
  normalize(options?: NormalizeOptions): NormalizedRoster {
    const encoded = options && normalizeOptions(options);
    const { roster, report } = callNative(() => this.#native.normalize(encoded));
    return { roster: new Roster(roster), ...(JSON.parse(report) as Omit<NormalizedRoster, 'roster'>) };
  }

  /**
   * The outcome of a sync of this roster, for each row. If the server reports a completed request without
   * results, pass `null`: the outcome is `unknown`. With `previous` or `firstSync`, the outcome also
   * shows whether the sync went as planned.
   */
  outcome(results: Results | null, options: OutcomeOptions = {}): Outcome {
    const args = outcomeArguments(results, options);
    return JSON.parse(callNative(() => this.#native.outcome(...args))) as Outcome;
  }

  /**
   * What the group holds after a sync of this roster: without the rows that could not be added, and with
   * the members who could not be removed. Takes the same arguments as `outcome`. Keep it and pass it as
   * `previous` of the next sync. `null` if the results are missing.
   *
   * `apply` returns it as `groupAfter`; use this after `wait` and `submitAndWait`.
   *
   * @example
   * ```ts
   * const { data } = await client.groups.members.sync.wait('grpmsr_1', { group_id: 'grp_1' });
   * const held = roster.after(data.results, { previous });
   * if (held) await writeFile('held.jsonl', held.toJSONL(), { mode: 0o600 }); // health data
   * ```
   */
  after(results: Results | null, options: OutcomeOptions = {}): Roster | null {
    const args = outcomeArguments(results, options);
    const held = callNative(() => this.#native.after(...args));
    return held && new Roster(held);
  }

  /** The complete roster to submit again, with failed rows replaced by reference ID. */
  corrected(results: Results | null, replacements: Record<string, Member>): CorrectedRoster {
    const text = JSON.stringify(results ?? null);
    const pairs = JSON.stringify(Object.entries(replacements));
    const { roster, report } = callNative(() => this.#native.corrected(text, pairs));
    return { roster: new Roster(roster), ...(JSON.parse(report) as Omit<CorrectedRoster, 'roster'>) };
  }

  /** Writes CSV with the API's names as header. Health data. */
  toCSV(): string {
    return callNative(() => this.#native.toCsv()).toString();
  }

  /** Writes JSON Lines, one member per line. Health data. */
  toJSONL(): string {
    return callNative(() => this.#native.toJsonl()).toString();
  }
}

function outcomeArguments(
  results: Results | null,
  options: OutcomeOptions,
): Parameters<NativeRoster['outcome']> {
  if (options instanceof Roster) {
    throw new InvalidArgumentError('pass the previous roster as an option: `{ previous }`');
  }
  const previous = Roster._native(options.previous);
  const firstSync = flag('firstSync', options.firstSync);
  const repeated = flag('repeated', options.repeated);
  return [JSON.stringify(results ?? null), previous, firstSync, repeated];
}
