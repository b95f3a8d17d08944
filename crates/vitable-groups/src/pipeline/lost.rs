//! A call whose write may have been done. The pipeline ends here and hands over where it stands; who
//! can look up what the write made resumes it with what was found.

use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tracing::info;
use url::Url;

use super::attempt::{Answer, Failed};
use super::{Done, Progress, Running};
use crate::call::Call;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::retry::ServerHints;
use crate::time::{Clock, Deadline};

/// When a call began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Began {
    /// On the client's clock.
    pub(crate) at: Duration,
    /// On the server's, if a response has named its time.
    pub(crate) by_server: Option<Timestamp>,
}

impl Began {
    /// Takes the server's time out of the `Date` of a response that is there now.
    pub(crate) fn note(&mut self, clock: &dyn Clock, date: Option<Timestamp>) {
        let elapsed = clock.now().saturating_sub(self.at);
        self.by_server = date.and_then(|date| date.checked_sub(elapsed).ok()).or(self.by_server);
    }

    /// On the server's clock, else on this machine's.
    pub(crate) fn time(&self, clock: &dyn Clock) -> Timestamp {
        let elapsed = clock.now().saturating_sub(self.at);
        let by_us = || clock.wall().checked_sub(elapsed).unwrap_or(Timestamp::MAX);
        self.by_server.unwrap_or_else(by_us)
    }
}

/// What a lookup found.
#[derive(Debug)]
pub(crate) enum LookedUp {
    /// No group has the reference ID.
    Nothing,
    /// The group that the call made, as the body of the lost response.
    Ours(Bytes),
    /// A group that was there before the call.
    Older,
    /// A group of which nothing shows that the call made it.
    Unclear,
}

/// Where the pipeline stands before a lookup.
pub(crate) struct Lost<'a> {
    pub(super) running: Running<'a>,
    pub(super) failed: Failed,
    pub(super) hints: ServerHints,
    /// The server knows what was sent already, and it may be from an earlier attempt.
    pub(super) duplicate_of_ours: bool,
}

impl<'a> Lost<'a> {
    pub(crate) fn context(&self) -> &'a Context {
        self.running.context
    }

    pub(crate) fn call(&self) -> &'a Call {
        self.running.call
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.running.deadline
    }

    /// When the call began.
    pub(crate) fn began(&self) -> Began {
        self.running.progress.began
    }

    /// Goes on with what was found: with another attempt, or to the end of the call.
    pub(crate) fn resume(
        self,
        found: Result<LookedUp, Error>,
    ) -> ControlFlow<Result<Done, Error>, Running<'a>> {
        let Self { mut running, failed, hints, duplicate_of_ours } = self;
        let deadline = running.deadline;
        ControlFlow::Break(match found {
            Ok(LookedUp::Ours(found)) => {
                Ok(recovered(found, running.prepared.url, running.progress))
            }
            Ok(LookedUp::Nothing) if !duplicate_of_ours => {
                running.last = Some(Box::new(failed));
                running.retries += 1;
                return ControlFlow::Continue(running);
            }
            // Nothing of ours: the conflict is what it says.
            Ok(LookedUp::Nothing) => Err(running.finish(failed.into_error(deadline), Some(&hints))),
            Ok(found @ (LookedUp::Older | LookedUp::Unclear)) => {
                let unclear = matches!(found, LookedUp::Unclear);
                let error = running.finish(taken(failed.into_error(deadline), unclear), None);
                Err(error.with_outcome_unknown(unclear))
            }
            Err(error) => {
                let note = format!("looking up what it may have made failed too: {error}");
                let error = failed.into_error(deadline).with_note(&note);
                // Also of a conflict: nobody has seen whose it is.
                Err(running.finish(error, Some(&hints)).with_outcome_unknown(true))
            }
        })
    }
}

/// The answer that was lost, put together from what the lookup found.
fn recovered(found: Bytes, url: Url, mut progress: Progress) -> Done {
    info!("an earlier attempt had done the write");
    progress.recovered = true;
    Done { answer: Answer::recovered(found), url, progress }
}

/// The error of a create whose reference ID belongs to a group that is not its own.
fn taken(error: Error, unclear: bool) -> Error {
    let note = if unclear {
        "a group has this reference ID, and its name and time do not show that this call created it; \
         compare it with what was sent"
    } else {
        "a group with this reference ID was there before the call, which created none; use \
         get_or_create to get it"
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
    fn a_call_began_by_the_servers_clock_where_it_is_known() {
        let clock = VirtualClock::new();
        clock.run(clock.sleep(Duration::from_secs(10)));
        let mut began = Began { at: Duration::from_secs(4), by_server: None };
        assert_eq!(began.time(&clock), "2026-01-15T10:30:04Z".parse().unwrap());
        began.note(&clock, "2030-01-01T00:00:06Z".parse().ok());
        began.note(&clock, None);
        assert_eq!(began.time(&clock), "2030-01-01T00:00:00Z".parse().unwrap());
    }
}
