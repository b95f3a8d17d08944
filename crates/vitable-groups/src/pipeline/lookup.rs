//! A call whose write may have been applied. The pipeline stops and returns the call; `recovery` looks
//! up the result and resumes it.

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tracing::info;
use url::Url;

use super::attempt::{AttemptError, AttemptResponse};
use super::{CallState, CompletedCall, RunningCall};
use crate::call::Call;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::retry::ServerHints;
use crate::time::{Clock, Deadline};

/// When a call started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallStart {
    /// On the client's clock.
    pub(crate) at: Duration,
    /// On the server's clock, if a response had a `Date`.
    pub(crate) server_time: Option<Timestamp>,
}

impl CallStart {
    /// Derives the server's time from the `Date` of a response received now.
    pub(crate) fn set_server_time(&mut self, clock: &dyn Clock, date: Option<Timestamp>) {
        let elapsed = clock.now().saturating_sub(self.at);
        self.server_time =
            date.and_then(|date| date.checked_sub(elapsed).ok()).or(self.server_time);
    }

    /// The time on the server's clock, or else on this machine's.
    pub(crate) fn time(&self, clock: &dyn Clock) -> Timestamp {
        let elapsed = clock.now().saturating_sub(self.at);
        let local_time = || clock.wall().checked_sub(elapsed).unwrap_or(Timestamp::MAX);
        self.server_time.unwrap_or_else(local_time)
    }
}

/// The result of a lookup.
#[derive(Debug)]
pub(crate) enum LookupResult {
    /// No group has the reference ID.
    NotFound,
    /// The group that the call created, as the body of the lost response.
    Created(Bytes),
    /// A group that existed before the call.
    Preexisting,
    /// A group that the call may or may not have created.
    Unclear,
}

/// A call that needs a lookup before it can continue.
pub(crate) struct PendingLookup<'a> {
    pub(super) running: RunningCall<'a>,
    pub(super) failed: AttemptError,
    pub(super) hints: ServerHints,
    /// The attempt failed with a conflict, which an earlier attempt may have caused.
    pub(super) own_conflict: bool,
}

impl<'a> PendingLookup<'a> {
    pub(crate) fn context(&self) -> &'a Context {
        self.running.context
    }

    pub(crate) fn call(&self) -> &'a Call {
        self.running.call
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.running.deadline
    }

    /// When the call started.
    pub(crate) fn started(&self) -> CallStart {
        self.running.state.started
    }

    /// Continues with another attempt, or ends the call, depending on the result of the lookup.
    pub(crate) fn resume(
        self,
        result: Result<LookupResult, Error>,
    ) -> ControlFlow<Result<CompletedCall, Error>, RunningCall<'a>> {
        let Self { mut running, failed, hints, own_conflict } = self;
        let deadline = running.deadline;
        ControlFlow::Break(match result {
            Ok(LookupResult::Created(body)) => {
                Ok(recovered(body, running.prepared.url, running.state))
            }
            Ok(LookupResult::NotFound) if !own_conflict => {
                running.last = Some(Box::new(failed));
                running.retries += 1;
                return ControlFlow::Continue(running);
            }
            // No earlier attempt created the group, so the conflict has another cause.
            Ok(LookupResult::NotFound) => {
                Err(running.finish(failed.into_error(deadline), Some(&hints)))
            }
            Ok(result @ (LookupResult::Preexisting | LookupResult::Unclear)) => {
                let unclear = matches!(result, LookupResult::Unclear);
                let error = reference_id_in_use(failed.into_error(deadline), unclear);
                let error = running.finish(error, None);
                Err(error.with_outcome_unknown(unclear))
            }
            Err(error) => {
                let note = format!("looking up the created group failed too: {error}");
                let error = failed.into_error(deadline).with_note(&note);
                // Also for a conflict, as its cause is unknown.
                Err(running.finish(error, Some(&hints)).with_outcome_unknown(true))
            }
        })
    }
}

/// The lost response, reconstructed from the result of the lookup.
fn recovered(body: Bytes, url: Url, mut state: CallState) -> CompletedCall {
    info!("an earlier attempt applied the write");
    state.recovered = true;
    CompletedCall { response: AttemptResponse::recovered(body), url, state }
}

/// The error of a create whose reference ID belongs to another group.
fn reference_id_in_use(error: Error, unclear: bool) -> Error {
    let note = if unclear {
        "a group has this reference ID, but its name and creation time do not show that this call \
         created it; compare it with what was sent"
    } else {
        "a group with this reference ID existed before the call, which created none; use \
         get_or_create to retrieve it"
    };
    if error.kind() == ErrorKind::Conflict {
        return error.with_note(note);
    }
    Error::new(ErrorKind::Conflict, note).with_status(409).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::VirtualClock;

    #[test]
    fn the_start_is_on_the_servers_clock_if_known() {
        let clock = VirtualClock::new();
        clock.run(clock.sleep(Duration::from_secs(10)));
        let mut started = CallStart { at: Duration::from_secs(4), server_time: None };
        assert_eq!(started.time(&clock), "2026-01-15T10:30:04Z".parse().unwrap());
        started.set_server_time(&clock, "2030-01-01T00:00:06Z".parse().ok());
        started.set_server_time(&clock, None);
        assert_eq!(started.time(&clock), "2030-01-01T00:00:00Z".parse().unwrap());
    }
}
