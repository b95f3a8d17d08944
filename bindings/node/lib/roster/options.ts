/** Options of rosters, on their way to the core. */

import { InvalidArgumentError } from '../core/error.js';
import type { CheckOptions, GuardOptions, NormalizeOptions } from './reports.js';

/** A field of a member, by its name in the API. */
export type RosterField =
  | 'reference_id'
  | 'first_name'
  | 'last_name'
  | 'date_of_birth'
  | 'phone'
  | 'email'
  | 'plan_id'
  | 'address.address_line_1'
  | 'address.address_line_2'
  | 'address.city'
  | 'address.state'
  | 'address.zipcode';

/** How a roster is read; everything is detected unless given. */
export interface ReadOptions {
  /** The format. */
  format?: 'csv' | 'json' | 'jsonl';
  /** The encoding; Latin-1 is read as Windows-1252. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** What separates the cells of CSV. */
  delimiter?: string;
  /** Which column is which field; `null` ignores a column. Other columns are matched by name. */
  columns?: Record<string, RosterField | null>;
  /** Sends columns that are no field of the API as extra keys, instead of leaving them out. */
  keepUnknown?: boolean;
  /** What an empty cell of an optional field means: keep what the server has, or clear it. */
  emptyCell?: 'absent' | 'null';
  /** The plan of rows that name none. */
  defaultPlanID?: string;
  /**
   * Whether cells may hold line breaks; false by default, where they are errors: a lost quotation mark
   * makes one row out of several.
   */
  multiLineCells?: boolean;
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

export function guardOptions({ maxRemovals, allowEmpty, allowNewReferenceIds }: GuardOptions): string {
  return JSON.stringify({
    max_removals: maxRemovals === undefined ? undefined : String(maxRemovals),
    allow_empty: flag('allowEmpty', allowEmpty),
    allow_new_reference_ids: flag('allowNewReferenceIds', allowNewReferenceIds),
  });
}

/** A text such as `'false'` is not taken for true. */
export function flag(name: string, value: boolean | undefined): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw new InvalidArgumentError(`\`${name}\` must be true or false`);
}

export function normalizeOptions({ pivotYear, ...same }: NormalizeOptions): string {
  return JSON.stringify({ ...same, pivot_year: pivotYear });
}
