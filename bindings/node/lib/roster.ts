/** `vitable-groups/roster`: reads, checks, compares and normalizes rosters, and reports outcomes. */

export type { RosterField } from './models/member.js';
export type { CheckOptions, GuardLimits, NormalizeOptions, ReadOptions } from './roster/options.js';
export type * from './roster/reports.js';
export { Roster } from './roster/roster.js';
export type {
  BaselineOptions,
  CorrectedRoster,
  GuardOptions,
  NormalizedRoster,
  OutcomeOptions,
} from './roster/roster.js';
