//! Deadlines of calls.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Clock, HumanDuration};

/// The time by which a call must end, on its client's clock; several calls can share one. Valid only
/// within its process, and opaque to bindings.
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

    /// Whether there is no limit.
    pub fn is_unlimited(&self) -> bool {
        self.end.is_none()
    }

    /// The time remaining; zero once the deadline has passed.
    pub(crate) fn remaining(self, clock: &dyn Clock) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(clock.now()))
    }

    pub(crate) fn passed(self, clock: &dyn Clock) -> bool {
        self.remaining(clock).is_some_and(|left| left.is_zero())
    }

    /// The time from the start to the deadline.
    pub(crate) fn limit(self) -> HumanDuration {
        HumanDuration(self.limit.unwrap_or_default())
    }
}
