/** What the core says about rosters. No report holds health data: values are masked. */

import type { Roster } from '../roster.js';
import type { RosterField } from './options.js';

/** What reading found out. */
export interface ReadReport {
  /** The format. */
  format: 'csv' | 'json' | 'jsonl';
  /** The encoding. */
  encoding: string;
  /** What separates the cells. */
  delimiter: string | null;
  /** Which column was taken for which field. */
  columns: { field: RosterField; column: string; position: number | null }[];
  /** Columns that were not used. */
  unmatched: string[];
  /** Rows that were read. */
  rows: number;
  /** Rows without any value. */
  blank_rows: number;
  /** Rows that got the default plan. */
  default_plan_rows: number;
  /** What else is worth knowing. */
  notes: string[];
}

/** What a check is told. */
export interface CheckOptions {
  /** The day against which birth dates are checked, `YYYY-MM-DD`; today in UTC by default. */
  today?: string;
  /** The organization's plans; without them, plans are not checked. */
  planIDs?: Iterable<string>;
  /** The most rows of a roster; 5,000 by default. */
  maxRows?: number;
  /** The most findings that are kept; they are all counted. */
  maxFindings?: number;
}

/** One thing found in a roster, told without the value. */
export interface Finding {
  /** The row, from 1. */
  row: number | null;
  /** The line of the file. */
  line: number | null;
  /** Your identifier of the member. */
  reference_id: string | null;
  /** Where it is in the body of a sync, such as `members[3].address.state`. */
  path: string;
  /** The field. */
  field: RosterField | null;
  /** The rule's name. */
  rule: string;
  /** Errors would be refused; warnings would not. */
  severity: 'error' | 'warning';
  /** The value, masked. */
  value: string | null;
  /** What is wrong. */
  message: string;
  /** What to do about it. */
  fix: string;
}

/** What a check found. */
export interface CheckReport {
  /** Whether there are no errors. */
  ok: boolean;
  /** Rows that were checked. */
  rows: number;
  /** How many errors. */
  errors: number;
  /** How many warnings. */
  warnings: number;
  /** How many findings by rule. */
  by_rule: Record<string, number>;
  /** The findings, by row. */
  findings: Finding[];
  /** Findings that were counted only. */
  left_out: number;
  /** The report for people. */
  text: string;
}

/** A row of a difference. */
export interface DiffEntry {
  /** Your identifier of the member. */
  reference_id: string;
  /** The row, from 1. */
  row: number;
  /** The line of the file. */
  line: number | null;
}

/** What sending a roster does to a group that holds the previous one. */
export interface RosterDiff {
  previous_rows: number;
  previous_members: number;
  current_rows: number;
  /** Members who are new. */
  adds: DiffEntry[];
  /** Members who would lose their subscription; rows and lines of the previous roster. */
  removals: DiffEntry[];
  /** Members whose fields change. */
  updates: (DiffEntry & { fields: RosterField[] })[];
  /** Plan changes, which the API ignores. */
  plan_changes: (DiffEntry & { previous_plan_id: string; plan_id: string })[];
  /**
   * Members who are both removed and added: the same name and date of birth under another reference
   * ID. Rows and lines of this roster.
   */
  rekeyed: (DiffEntry & { previous_reference_id: string })[];
  /** How many stay as they are. */
  unchanged: number;
  repeated_references: number;
  /** Removals in percent of the previous members. */
  removal_share: number;
  /** What a person should read before sending. */
  warnings: string[];
  /** The difference for people. */
  text: string;
}

/** What the group holds before a sync. The API cannot list members, so the caller has to know. */
export interface BaselineOptions {
  /**
   * The roster that the group holds now: `groupAfter` of the last sync. The roster that was sent last
   * is the same only if no row failed.
   */
  previous?: Roster;
  /** Says that the group was never synced and holds nobody. Not together with `previous`. */
  firstSync?: boolean;
}

/** What a roster may remove. Without `previous` and `firstSync`, the guard refuses. */
export interface GuardOptions extends BaselineOptions {
  /**
   * How many members of the previous roster may be missing: a number of people (`10`), or a share of
   * them in percent (`'5%'`). Unless set, 10% of them or 3 people, whichever is more; `'100%'` lifts
   * the limit.
   */
  maxRemovals?: number | string;
  /** Whether an empty roster may be sent; false by default. The limit of removals still applies. */
  allowEmpty?: boolean;
  /**
   * Whether members may be removed and added again under another reference ID, which ends a
   * subscription and starts a new one; false by default. They then do not count as removals.
   */
  allowNewReferenceIds?: boolean;
}

/** What is known beside the results of a sync. */
export interface OutcomeOptions extends BaselineOptions {
  /** The submission was sent more than once: `repeated` of its metadata. */
  repeated?: boolean;
}

/** What to normalize; without options: spaces, phones, states. */
export interface NormalizeOptions {
  /** Spaces around values. */
  trim?: boolean;
  /** Phones to ten digits. */
  phone?: boolean;
  /** Names of states to their codes. */
  state?: boolean;
  /** ZIP codes that lost zeros or dashes. */
  zip?: boolean;
  /** Forms of dates to read; a date that can be read in two ways is never guessed. */
  dates?: ('mm/dd/yyyy' | 'dd/mm/yyyy' | 'm/d/yy' | 'yyyymmdd' | 'datetime' | 'excel')[];
  /** Two-digit years up to this one are of this century. */
  pivotYear?: number;
  /** The day against which two-digit years are read, `YYYY-MM-DD`. */
  today?: string;
}

/** A roster with values in the form the API takes. */
export interface Normalized {
  /** The other roster. */
  roster: Roster;
  /** How many values were changed. */
  total: number;
  /** What was changed, masked. */
  changes: {
    row: number;
    line: number | null;
    reference_id: string;
    field: RosterField;
    rule: string;
    from: string;
    to: string;
  }[];
  /** What could not be decided. */
  findings: Finding[];
}

/** A failure, joined to its row. */
export interface RowFailure {
  /** The row, from 1. */
  row: number | null;
  /** The line of the file. */
  line: number | null;
  /** Your identifier of the member. */
  reference_id: string;
  /** What was tried. */
  operation: string;
  /** For people; never branch on it. */
  reason: string;
  /** The plan of the row. */
  plan_id: string | null;
  /** What to do next. */
  fix: string;
}

/**
 * What the outcome of a sync comes to:
 *
 * - `succeeded`: everything was applied, and as planned where there was a baseline;
 * - `rows_failed`: some rows failed, the others were applied;
 * - `not_as_planned`: what happened is not what was planned, the group did not hold the baseline;
 * - `unknown`: the results are missing, or those of a repeated submission cannot be told apart from
 *   those of the first.
 */
export type OutcomeStatus = 'succeeded' | 'rows_failed' | 'not_as_planned' | 'unknown';

/** What became of a roster, row by row. Counts are `null` where they are not known. */
export interface RosterOutcome {
  /** Whether `status` is `succeeded`; anything else needs attention. */
  ok: boolean;
  /** What it comes to. */
  status: OutcomeStatus;
  /** Rows that were sent. */
  submitted: number;
  /** Members who were added. */
  added: number | null;
  /** Members who were removed. */
  removed: number | null;
  /** Rows that failed. */
  failed: number | null;
  /** Rows that were neither added nor failed. */
  kept: number | null;
  /** Removals that failed. */
  failed_removals: number | null;
  /**
   * The submission was sent more than once, as a response was lost. The results are those of the last
   * request and lack what an earlier one did.
   */
  repeated: boolean;
  /** What the baseline led to expect, failures included; `null` without a baseline. */
  expected: {
    /** New members; the fewest, where it is not certain which of several rosters was in force. */
    adds: number;
    /** The most new members. */
    adds_at_most: number;
    /** Missing members; the most, where it is not certain which of several rosters was in force. */
    removals: number;
    /** The fewest missing members. */
    removals_at_least: number;
    updates: number;
    plan_changes: number;
    unchanged: number;
  } | null;
  /** Failures of rows that were sent. */
  failures: RowFailure[];
  /** Failures of members who are in no row. */
  other_failures: RowFailure[];
  /** What else is worth knowing. */
  notes: string[];
  /** The outcome for people. */
  text: string;
}

/** The full roster to send again. */
export interface Corrected {
  /** Everyone, corrected rows in their places. */
  roster: Roster;
  /** How many rows were replaced. */
  replaced: number;
  /** Rows that failed and are sent again as they were. */
  still_failing: string[];
}
