//! Options of a check.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error as _};

/// Options of a roster check.
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
    /// The date that dates of birth are compared with.
    #[serde(deserialize_with = "day")]
    pub today: Date,
    /// The organization's plan IDs, if known.
    #[serde(default)]
    pub plan_ids: Option<BTreeSet<String>>,
    /// The maximum number of rows the API accepts.
    #[serde(default = "max_rows")]
    pub max_rows: u64,
    /// The maximum number of findings to keep; all are counted.
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
    /// The API's rules, as of a date.
    pub fn new(today: Date) -> Self {
        Self { today, plan_ids: None, max_rows: max_rows(), max_findings: max_findings() }
    }

    /// Sets the organization's plan IDs.
    #[must_use]
    pub fn plan_ids<S: Into<String>>(mut self, plan_ids: impl IntoIterator<Item = S>) -> Self {
        self.plan_ids = Some(plan_ids.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the maximum number of rows.
    #[must_use]
    pub fn max_rows(mut self, rows: u64) -> Self {
        self.max_rows = rows;
        self
    }

    /// Sets the maximum number of findings to keep.
    #[must_use]
    pub fn max_findings(mut self, findings: usize) -> Self {
        self.max_findings = findings;
        self
    }
}
