//! Why nothing was sent, as data.

use serde::Serialize;
use serde_json::Value;
use vitable_groups_roster::{CheckReport, GuardRefusal};

/// Why nothing was sent, as data. Values of members are masked.
///
/// ```no_run
/// use vitable_groups::{ErrorDetails, roster::Roster};
///
/// # async fn run(client: vitable_groups::Client, roster: Roster) {
/// let sync = client.groups().members().sync();
/// if let Err(error) = sync.apply("grp_1", roster).first_sync().await {
///     match error.details() {
///         Some(ErrorDetails::InvalidRoster(report)) => println!("{} errors", report.errors),
///         Some(ErrorDetails::GuardRefused(refusal)) => println!("blocked: {}", refusal.kind()),
///         _ => println!("{error}"),
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ErrorDetails {
    /// The roster has rows that break rules; the error is an
    /// [`ErrorKind::InvalidRoster`](crate::ErrorKind::InvalidRoster).
    InvalidRoster(CheckReport),
    /// A guard blocked the sync; the error is an
    /// [`ErrorKind::GuardRefused`](crate::ErrorKind::GuardRefused).
    GuardRefused(GuardRefusal),
}

impl ErrorDetails {
    /// The details as JSON, in the form that all languages share.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
