/** Reports on rosters. They contain no health data: values are masked. */

import type { RosterField } from '../models/member.js';

/** How a roster was read. */
export interface ReadReport {
  /** The format. */
  format: 'csv' | 'json' | 'jsonl';
  /** The encoding. */
  encoding: string;
  /** The delimiter of CSV cells. */
  delimiter: string | null;
  /** The columns that were matched to fields. */
  columns: { field: RosterField; column: string; position: number | null }[];
  /** Columns that matched no field. */
  unmatched: string[];
  /** Rows that were read. */
  rows: number;
  /** Rows without values. */
  blank_rows: number;
  /** Rows that got the default plan. */
  default_plan_rows: number;
  /** Further remarks. */
  notes: string[];
}

/** A problem that a check found. Its value is masked. */
export interface Finding {
  /** The row, from 1. */
  row: number | null;
  /** The line of the file. */
  line: number | null;
  /** Your identifier of the member. */
  reference_id: string | null;
  /** The path in the body of a sync, such as `members[3].address.state`. */
  path: string;
  /** The field. */
  field: RosterField | null;
  /** The name of the rule. */
  rule: string;
  /** Rows with errors are rejected; those with warnings are not. */
  severity: 'error' | 'warning';
  /** The value, masked. */
  value: string | null;
  /** The problem. */
  message: string;
  /** How to fix it. */
  fix: string;
}

/** The result of a check. */
export interface CheckReport {
  /** Whether there are no errors. */
  ok: boolean;
  /** Rows that were checked. */
  rows: number;
  /** The number of errors. */
  errors: number;
  /** The number of warnings. */
  warnings: number;
  /** The number of findings of each rule. */
  by_rule: Record<string, number>;
  /** The findings, by row. */
  findings: Finding[];
  /** Findings that were counted but not listed. */
  left_out: number;
  /** The human-readable report. */
  text: string;
}

/** A row of a diff. */
export interface DiffEntry {
  /** Your identifier of the member. */
  reference_id: string;
  /** The row, from 1. */
  row: number;
  /** The line of the file. */
  line: number | null;
}

/** The changes that a sync of a roster makes to a group that holds the previous one. */
export interface RosterDiff {
  /** Rows of the previous roster. */
  previous_rows: number;
  /** Members of the previous roster. */
  previous_members: number;
  /** Rows of this roster. */
  current_rows: number;
  /** New members. */
  adds: DiffEntry[];
  /** Members who would lose their subscription, with rows and lines of the previous roster. */
  removals: DiffEntry[];
  /** Members whose fields change. */
  updates: (DiffEntry & { fields: RosterField[] })[];
  /** Plan changes, which the API ignores. */
  plan_changes: (DiffEntry & { previous_plan_id: string; plan_id: string })[];
  /**
   * Members who are both removed and added: the same name and date of birth under a new reference ID.
   * Rows and lines are those of this roster.
   */
  rekeyed: (DiffEntry & { previous_reference_id: string })[];
  /** The number of unchanged members. */
  unchanged: number;
  /** Rows, in both rosters, whose reference ID an earlier row has. */
  repeated_references: number;
  /** Removals as a percentage of the previous members. */
  removal_share: number;
  /** Warnings to read before syncing. */
  warnings: string[];
  /** The human-readable diff. */
  text: string;
}

/** A failed row, with its row number and line. */
export interface RowFailure {
  /** The row, from 1. */
  row: number | null;
  /** The line of the file. */
  line: number | null;
  /** Your identifier of the member. */
  reference_id: string;
  /** The operation that failed. */
  operation: string;
  /** Human-readable; do not branch on it. */
  reason: string;
  /** The plan of the row. */
  plan_id: string | null;
  /** How to fix it. */
  fix: string;
}

/**
 * The status of an outcome:
 *
 * - `succeeded`: everything was applied, as planned if there was a baseline;
 * - `rows_failed`: some rows failed, all others were applied;
 * - `not_as_planned`: the changes differ from the plan, as the group did not hold the baseline;
 * - `unknown`: the results are missing, or the submission was repeated and they do not show what the
 *   first one changed.
 */
export type OutcomeStatus = 'succeeded' | 'rows_failed' | 'not_as_planned' | 'unknown';

/** The outcome of a sync. Counts are `null` if they are unknown. */
export interface Outcome {
  /** Whether `status` is `succeeded`; anything else needs attention. */
  ok: boolean;
  /** The status. */
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
   * Whether the submission was sent more than once, as a response was lost. The results are those of
   * the last request, without what an earlier one changed.
   */
  repeated: boolean;
  /** The changes that the baseline implies, failures included; `null` without a baseline. */
  expected: {
    /** New members; the minimum, if there are several possible baselines. */
    adds: number;
    /** The maximum of new members. */
    adds_at_most: number;
    /** Missing members; the maximum, if there are several possible baselines. */
    removals: number;
    /** The minimum of missing members. */
    removals_at_least: number;
    /** Members with changed fields. */
    updates: number;
    /** Members with another plan, which the API ignores. */
    plan_changes: number;
    /** Members without changes. */
    unchanged: number;
  } | null;
  /** Failures of rows that were sent. */
  failures: RowFailure[];
  /** Failures of members without a row. */
  other_failures: RowFailure[];
  /** Further remarks. */
  notes: string[];
  /** The human-readable outcome. */
  text: string;
}

