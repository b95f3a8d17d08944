//! Rosters: read a file, check every row, compare it with the previous roster, report the outcome.
//!
//! The crate uses no network and no clock, and opens only files that the caller names. Reports
//! contain no health data: values are masked, so that reports can be printed and logged.
//!
//! ```text
//! file ─ read ─▶ Roster ─ normalize ─▶ check ─▶ diff ─ guard ─▶ (submit, wait) ─▶ outcome ─▶ corrected Roster
//! ```
//!
//! ```
//! use vitable_groups::roster::{Guard, ReadOptions, Roster, CheckOptions, diff};
//!
//! let header = "Employee ID,First Name,Last Name,DOB,Plan,Street,City,State,Zip\n";
//! let october = format!("{header}E1,Ann,Lee,1990-01-01,pln_1,1 Main St,Springfield,IL,62701\n");
//! let november = format!("{october}E2,Bob,Roe,1985-02-03,pln_1,2 Main St,Springfield,IL,62701\n");
//! let options = ReadOptions::default();
//! let previous = Roster::read_csv(october.as_bytes(), &options)?;
//! let current = Roster::read_csv(november.as_bytes(), &options)?;
//!
//! let report = current.check(&CheckOptions::new("2026-11-01".parse().unwrap()));
//! assert!(report.is_ok());
//! let changes = diff(&previous, &current);
//! assert_eq!((changes.adds.len(), changes.removals.len()), (1, 0));
//! assert!(Guard::new().max_removals("5%".parse().unwrap()).check_diff(&changes).is_ok());
//! # Ok::<(), vitable_groups::roster::ReadError>(())
//! ```

mod baseline;
mod characters;
mod check;
mod diff;
mod field;
mod finding;
mod guard;
mod hash;
mod mask;
mod max_removals;
mod normalize;
mod outcome;
mod read;
mod refusal;
mod roster;
mod row;
mod rule;
mod value;
mod write;

pub use baseline::Baseline;
pub use check::{CheckOptions, CheckReport, Checker};
pub use diff::{DiffEntry, DiffUpdate, Differ, PlanChange, Rekeyed, RosterDiff};
pub use field::{FIELDS, FieldInfo, RosterField, UnknownField};
pub use finding::Finding;
pub use guard::Guard;
pub use max_removals::{MaxRemovals, ParseMaxRemovalsError};
pub use normalize::{DateFormat, Normalize, NormalizeReport, NormalizedValue, UnknownDateFormat};
pub use outcome::{
    CorrectedRoster, CorrectionError, ExpectedChanges, Outcome, OutcomeStatus, RowFailure,
};
pub use read::{
    ColumnMatch, EmptyCell, Encoding, Format, ReadError, ReadErrorKind, ReadOptions, ReadReport,
    Rows,
};
pub use refusal::GuardRefusal;
pub use roster::{Roster, diff};
pub use row::Row;
pub use rule::{RULES, Rule, RuleInfo, Severity};
pub use write::WriteReport;
