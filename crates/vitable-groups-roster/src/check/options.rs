//! What a check is told.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};

/// What to check a roster against.
///
/// ```
/// use vitable_groups::roster::CheckOptions;
///
/// let options = CheckOptions::new("2026-10-01".parse()?).plan_ids(["pln_1", "pln_2"]);
/// assert_eq!(options.max_rows, 5_000);
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The day that birth dates are compared with.
    #[serde(deserialize_with = "day")]
    pub today: Date,
    /// The organization's plans, if they are known.
    #[serde(default)]
    pub plan_ids: Option<BTreeSet<String>>,
    /// How many rows the API takes at once.
    #[serde(default = "max_rows")]
    pub max_rows: u64,
    /// How many findings are kept; all are counted.
    #[serde(default = "max_findings")]
    pub max_findings: usize,
}

fn max_rows() -> u64 {
    5_000
}

fn max_findings() -> usize {
    10_000
}

fn day<'de, D: Deserializer<'de>>(input: D) -> Result<Date, D::Error> {
    String::deserialize(input)?.parse().map_err(D::Error::custom)
}

impl CheckOptions {
    /// The API's rules, as of a day.
    pub fn new(today: Date) -> Self {
        Self { today, plan_ids: None, max_rows: max_rows(), max_findings: max_findings() }
    }

    /// Sets the organization's plans.
    #[must_use]
    pub fn plan_ids<S: Into<String>>(mut self, plan_ids: impl IntoIterator<Item = S>) -> Self {
        self.plan_ids = Some(plan_ids.into_iter().map(Into::into).collect());
        self
    }

    /// Sets how many rows are allowed.
    #[must_use]
    pub fn max_rows(mut self, rows: u64) -> Self {
        self.max_rows = rows;
        self
    }

    /// Sets how many findings are kept.
    #[must_use]
    pub fn max_findings(mut self, findings: usize) -> Self {
        self.max_findings = findings;
        self
    }
}
