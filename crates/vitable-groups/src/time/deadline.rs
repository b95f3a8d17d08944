//! The moment by which a call must end.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Clock, HumanDuration};

/// The moment by which a call must end, on the clock of its client: several calls that have the
/// same one are bounded together. It means something in its own process only; bindings pass it on
/// without looking into it.
///
/// ```no_run
/// use std::time::Duration;
/// use vitable_groups::RequestOptions;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let options = RequestOptions::new().deadline(Duration::from_secs(30));
/// let both = RequestOptions::new().until(client.deadline(&options));
/// let groups = client.groups().list().options(both.clone()).await?;
/// let plans = client.plans().list().options(both).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    end: Option<Duration>,
    limit: Option<Duration>,
}

impl Deadline {
    pub(crate) fn after(clock: &dyn Clock, limit: Option<Duration>) -> Self {
        Self { end: limit.map(|limit| clock.now().saturating_add(limit)), limit }
    }

    /// Whether it is none at all: the call may take as long as it likes.
    pub fn is_unlimited(&self) -> bool {
        self.end.is_none()
    }

    /// The time left; zero once it has passed.
    pub(crate) fn remaining(self, clock: &dyn Clock) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(clock.now()))
    }

    pub(crate) fn passed(self, clock: &dyn Clock) -> bool {
        self.remaining(clock).is_some_and(|left| left.is_zero())
    }

    /// How long it was from its start.
    pub(crate) fn limit(self) -> HumanDuration {
        HumanDuration(self.limit.unwrap_or_default())
    }
}
