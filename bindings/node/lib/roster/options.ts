/** Options of rosters, and their serialized form for the core. */

import { InvalidArgumentError } from '../core/error.js';
import type { RosterField } from '../models/member.js';

/** How to read a roster. Everything that is not set is detected. */
export interface ReadOptions {
  /** The format. */
  format?: 'csv' | 'json' | 'jsonl';
  /** The encoding. For Latin-1, set `windows-1252`. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** The delimiter of CSV cells. */
  delimiter?: string;
  /** Maps columns to fields; `null` ignores a column. Other columns are matched by name. */
  columns?: Record<string, RosterField | null>;
  /** Sends columns that match no field of the API as extra keys, instead of ignoring them. */
  keepUnknown?: boolean;
  /** What an empty cell of an optional field does: keeps the server's value, or clears it. */
  emptyCell?: 'absent' | 'null';
  /** The plan of rows without one. */
  defaultPlanID?: string;
  /**
   * Whether cells may contain line breaks. By default they are errors, as a missing quotation mark
   * merges several rows into one.
   */
  multiLineCells?: boolean;
}

/** Options of a check. */
export interface CheckOptions {
  /** The date that dates of birth are checked against, `YYYY-MM-DD`; today in UTC by default. */
  today?: string;
  /** The organization's plans; without them, plans are not checked. */
  planIDs?: Iterable<string>;
  /** The maximum number of rows; 5,000 by default. */
  maxRows?: number;
  /** The maximum number of findings to list; all are counted. */
  maxFindings?: number;
}

/** The removals that the guard allows. */
export interface GuardLimits {
  /**
   * How many members of the previous roster may be missing: a number (`10`) or a percentage (`'5%'`).
   * By default 10% or 3 members, whichever is more; `'100%'` lifts the limit.
   */
  maxRemovals?: number | string;
  /** Whether an empty roster may be sent; false by default. The limit of removals still applies. */
  allowEmpty?: boolean;
  /**
   * Whether members may be removed and added again under new reference IDs, which ends one
   * subscription and starts another; false by default. They then do not count as removals.
   */
  allowNewReferenceIds?: boolean;
}

/** What to normalize. By default: whitespace, phone numbers and states. */
export interface NormalizeOptions {
  /** Removes whitespace around values. */
  trim?: boolean;
  /** Reduces phone numbers to ten digits. */
  phone?: boolean;
  /** Replaces names of states by their codes. */
  state?: boolean;
  /** Restores lost zeros and dashes of ZIP codes. */
  zip?: boolean;
  /** The formats of dates to convert; ambiguous dates are reported, never guessed. */
  dates?: ('mm/dd/yyyy' | 'dd/mm/yyyy' | 'm/d/yy' | 'yyyymmdd' | 'datetime' | 'excel')[];
  /** The last two-digit year that belongs to this century. */
  pivotYear?: number;
  /** The date that two-digit years are resolved against, `YYYY-MM-DD`. */
  today?: string;
}

export function readOptions(options: ReadOptions = {}): string {
  return JSON.stringify({
    format: options.format,
    encoding: options.encoding,
    delimiter: options.delimiter,
    columns: options.columns,
    keep_unknown: options.keepUnknown,
    empty_cell: options.emptyCell,
    default_plan_id: options.defaultPlanID,
    multi_line_cells: flag('multiLineCells', options.multiLineCells),
  });
}

export function checkOptions({ today, planIDs, maxRows, maxFindings }: CheckOptions): string {
  return JSON.stringify({
    today: today ?? new Date().toISOString().slice(0, 10),
    plan_ids: planIDs && [...planIDs],
    max_rows: maxRows,
    max_findings: maxFindings,
  });
}

export function guardLimits({ maxRemovals, allowEmpty, allowNewReferenceIds }: GuardLimits): string {
  return JSON.stringify({
    max_removals: maxRemovals === undefined ? undefined : String(maxRemovals),
    allow_empty: flag('allowEmpty', allowEmpty),
    allow_new_reference_ids: flag('allowNewReferenceIds', allowNewReferenceIds),
  });
}

/** Checks a boolean option: a string such as `'false'` would count as true. */
export function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new InvalidArgumentError(`\`${name}\` must be true or false`);
}

export function normalizeOptions({ pivotYear, ...same }: NormalizeOptions): string {
  return JSON.stringify({ ...same, pivot_year: pivotYear });
}
