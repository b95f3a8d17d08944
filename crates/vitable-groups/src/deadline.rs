//! The moment by which a call must end.

use std::time::Duration;

use crate::clock::Clock;
use crate::{Error, ErrorKind};

/// The moment by which a call must end, on the client's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    end: Option<Duration>,
    limit: Option<Duration>,
}

impl Deadline {
    pub(crate) fn after(clock: &dyn Clock, limit: Option<Duration>) -> Self {
        Self { end: limit.map(|limit| clock.now().saturating_add(limit)), limit }
    }

    /// The time left; zero once it has passed.
    pub(crate) fn remaining(self, clock: &dyn Clock) -> Option<Duration> {
        self.end.map(|end| end.saturating_sub(clock.now()))
    }

    pub(crate) fn passed(self, clock: &dyn Clock) -> bool {
        self.remaining(clock).is_some_and(|left| left.is_zero())
    }

    pub(crate) fn error(self) -> Error {
        let limit = self.limit.unwrap_or_default().as_secs_f64();
        let message = format!("the call's deadline of {limit} s passed");
        Error::new(ErrorKind::Deadline, message)
    }
}
