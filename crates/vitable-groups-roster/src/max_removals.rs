//! The removal limit: a number, or a share of the baseline.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use super::diff;

/// How many members may be removed.
///
/// ```
/// use vitable_groups::roster::MaxRemovals;
///
/// assert_eq!("10".parse(), Ok(MaxRemovals::Count(10)));
/// assert_eq!("2.5%".parse(), Ok(MaxRemovals::Share(2.5)));
/// assert!("110%".parse::<MaxRemovals>().is_err());
/// assert_eq!(MaxRemovals::Share(5.0).to_string(), "5%");
/// assert!(MaxRemovals::default().allows(3, 4) && !MaxRemovals::default().allows(11, 100));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Option<String>")]
#[non_exhaustive]
pub enum MaxRemovals {
    /// 10 percent of the baseline or 3 members, whichever is more.
    #[default]
    Default,
    /// A number of members.
    Count(u64),
    /// A percentage of the baseline.
    Share(f64),
}

/// The default limit: a percentage, and a number of members for small groups.
const DEFAULT_SHARE: u64 = 10;
const DEFAULT_COUNT: u64 = 3;

impl MaxRemovals {
    /// Whether `removals` of `previous` known members may be removed.
    pub fn allows(self, removals: u64, previous: u64) -> bool {
        match self {
            Self::Default => {
                removals <= DEFAULT_COUNT
                    || removals.saturating_mul(100) <= previous.saturating_mul(DEFAULT_SHARE)
            }
            Self::Count(limit) => removals <= limit,
            Self::Share(limit) => diff::share(removals, previous) <= limit,
        }
    }
}

/// The text is not a valid removal limit.
///
/// ```
/// use vitable_groups::roster::MaxRemovals;
///
/// assert!("many".parse::<MaxRemovals>().unwrap_err().to_string().contains("such as 10"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("max_removals must be a number such as 10 or a percentage such as 5%")]
pub struct ParseMaxRemovalsError;

impl FromStr for MaxRemovals {
    type Err = ParseMaxRemovalsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.trim().strip_suffix('%').map(str::trim) {
            Some(share) if digits(share) => share
                .parse()
                .ok()
                .filter(|share| (0.0..=100.0).contains(share))
                .map(Self::Share)
                .ok_or(ParseMaxRemovalsError),
            Some(_) => Err(ParseMaxRemovalsError),
            None => text.trim().parse().map(Self::Count).map_err(|_| ParseMaxRemovalsError),
        }
    }
}

impl TryFrom<Option<String>> for MaxRemovals {
    type Error = ParseMaxRemovalsError;

    fn try_from(text: Option<String>) -> Result<Self, Self::Error> {
        text.map_or(Ok(Self::Default), |text| text.parse())
    }
}

impl fmt::Display for MaxRemovals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => {
                write!(f, "{DEFAULT_SHARE}% or {DEFAULT_COUNT} members, whichever is more")
            }
            Self::Count(count) => write!(f, "{count}"),
            Self::Share(share) => write!(f, "{share}%"),
        }
    }
}

impl Serialize for MaxRemovals {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}
