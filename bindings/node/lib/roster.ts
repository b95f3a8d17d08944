/** `vitable-groups/roster`: read, check, compare, send and explain the rosters of groups. */

import { InvalidArgumentError } from './core/error.js';
import { attempt } from './core/make-error.js';
import { addon, type NativeRoster } from './core/native.js';
import {
  checkOptions,
  flag,
  guardOptions,
  normalizeOptions,
  type ReadOptions,
  readOptions,
} from './roster/options.js';
import type {
  CheckOptions,
  CheckReport,
  Corrected,
  GuardOptions,
  Normalized,
  NormalizeOptions,
  OutcomeOptions,
  ReadReport,
  RosterDiff,
  RosterOutcome,
} from './roster/reports.js';
import type { Member, SyncRetrieveResponse } from './resources/groups/members/sync.js';

export type { ReadOptions, RosterField } from './roster/options.js';
export type * from './roster/reports.js';

type Results = SyncRetrieveResponse.Data.Results;

/**
 * The complete roster of one group, with the rows and lines it came from.
 *
 * No report holds health data: values are masked. `members()` and the written forms do.
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
    // A program without types may pass on a `groupAfter` that is null.
    if (roster instanceof Roster) return roster.#native;
    throw new InvalidArgumentError(
      'a roster is not a `Roster`; where `groupAfter` is null, find out what the group holds first',
    );
  }

  /** Reads CSV, JSON or JSON Lines at hand; the format is detected unless given. */
  static readText(source: string | Uint8Array, options?: ReadOptions): Roster {
    return new Roster(attempt(() => addon.Roster.read(source, readOptions(options))));
  }

  /** Reads a file, by the end of its name or by what is in it. */
  static async readFile(path: string, options?: ReadOptions): Promise<Roster> {
    try {
      return new Roster(await addon.Roster.readFile(path, readOptions(options)));
    } catch (error) {
      return attempt(() => {
        throw error;
      });
    }
  }

  /** Reads a stream of bytes or text to its end: a file, an upload, a response's body. */
  static async readStream(
    stream: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
    options?: ReadOptions,
  ): Promise<Roster> {
    const parts: Uint8Array[] = [];
    for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    return Roster.readText(Buffer.concat(parts), options);
  }

  /** A roster of objects; keys are matched as the columns of a file are. */
  static fromMembers(members: Iterable<Member | Record<string, unknown>>, options?: ReadOptions): Roster {
    const values = JSON.stringify([...members]);
    return new Roster(attempt(() => addon.Roster.fromValues(values, readOptions(options))));
  }

  /** How many rows there are. */
  get length(): number {
    return this.#native.length;
  }

  /** What reading found out: the format, the columns and what they were matched to. */
  get report(): ReadReport | null {
    return JSON.parse(this.#native.report()) as ReadReport | null;
  }

  /** The members, as they are sent. Health data. */
  members(): Member[] {
    return (JSON.parse(this.#native.toJson().toString()) as { members: Member[] }).members;
  }

  /** The members, one by one. */
  *[Symbol.iterator](): Iterator<Member> {
    yield* this.members();
  }

  /** Checks every row by every rule of the API; all findings at once. */
  check(options: CheckOptions = {}): CheckReport {
    const encoded = checkOptions(options);
    return JSON.parse(attempt(() => this.#native.check(encoded))) as CheckReport;
  }

  /** What sending this roster does to a group that holds the previous one. */
  diff(previous: Roster): RosterDiff {
    const native = Roster._native(previous);
    return JSON.parse(attempt(() => this.#native.diff(native))) as RosterDiff;
  }

  /**
   * Throws `RosterGuardError` if sending would end more subscriptions than allowed, or if it is not
   * known who is in the group. Its `details` have a `kind`: `empty_roster`, `no_baseline`,
   * `contradicting_baseline`, `empty_previous_roster`, `previous_roster_has_errors`,
   * `new_reference_ids` or `too_many_removals`.
   *
   * @example
   * ```ts
   * roster.guard({ previous, maxRemovals: '5%' });
   * ```
   */
  guard(options: GuardOptions = {}): void {
    const [encoded, firstSync] = [guardOptions(options), flag('firstSync', options.firstSync)];
    attempt(() => this.#native.guard(Roster._native(options.previous), firstSync, encoded));
  }

  /** Another roster with values in the form the API takes, and what was changed. */
  normalize(options?: NormalizeOptions): Normalized {
    const encoded = options && normalizeOptions(options);
    const { roster, report } = attempt(() => this.#native.normalize(encoded));
    return { roster: new Roster(roster), ...(JSON.parse(report) as Omit<Normalized, 'roster'>) };
  }

  /**
   * Joins the results of a sync to the rows that were sent. Where the server reports a completed
   * request without results, `null` makes the outcome `unknown`. With `previous` or `firstSync`, the
   * outcome says whether what happened was planned.
   */
  outcome(results: Results | null, options: OutcomeOptions = {}): RosterOutcome {
    const known = joined(results, options);
    return JSON.parse(attempt(() => this.#native.outcome(...known))) as RosterOutcome;
  }

  /**
   * What the group holds after a sync: what was sent, without the rows that could not be added, and
   * with the members who could not be removed. Takes what `outcome` takes. Keep it and pass it as
   * `previous` of the next sync. `null` where the results are missing.
   *
   * `apply` brings it back as `groupAfter`; this is for syncs that were waited for otherwise.
   *
   * @example
   * ```ts
   * const { data } = await client.groups.members.sync.wait('grpmsr_1', { group_id: 'grp_1' });
   * const held = roster.after(data.results, { previous });
   * if (held) await writeFile('held.jsonl', held.toJSONL(), { mode: 0o600 }); // health data
   * ```
   */
  after(results: Results | null, options: OutcomeOptions = {}): Roster | null {
    const known = joined(results, options);
    const held = attempt(() => this.#native.after(...known));
    return held && new Roster(held);
  }

  /** The full roster to send again, with failed rows replaced, each by its reference. */
  corrected(results: Results | null, replacements: Record<string, Member>): Corrected {
    const [text, pairs] = [JSON.stringify(results ?? null), JSON.stringify(Object.entries(replacements))];
    const { roster, report } = attempt(() => this.#native.corrected(text, pairs));
    return { roster: new Roster(roster), ...(JSON.parse(report) as Omit<Corrected, 'roster'>) };
  }

  /** CSV with the API's names as header. Health data. */
  toCSV(): string {
    return attempt(() => this.#native.toCsv()).toString();
  }

  /** A member a line. Health data. */
  toJSONL(): string {
    return attempt(() => this.#native.toJsonl()).toString();
  }
}

/** The results of a sync, and what is known beside them, on their way to the core. */
function joined(results: Results | null, options: OutcomeOptions): Parameters<NativeRoster['outcome']> {
  if (options instanceof Roster) {
    throw new InvalidArgumentError('give the previous roster by its name: `{ previous }`');
  }
  const [text, previous] = [JSON.stringify(results ?? null), Roster._native(options.previous)];
  return [text, previous, flag('firstSync', options.firstSync), flag('repeated', options.repeated)];
}
