//! The one place with the order of I/O: build, authenticate, send, classify, retry, attach
//! metadata. Every operation, raw call and poll runs through here.

mod attempt;
mod prepare;

use std::time::Duration;

use bytes::Bytes;
use http::HeaderValue;
use tracing::{Instrument as _, debug, info};
use url::Url;

use self::attempt::Answer;
use self::prepare::Prepared;
use crate::call::Call;
use crate::clock::Clock;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::operation::{self, Operation, Replay};
use crate::recovery::{Began, LookedUp};
use crate::response::{Attempt, Metadata, RawResponse, Response};
use crate::retry::{self, Decision, ServerHints, Stop};
use crate::transport::TransportBody;
use crate::{Error, ErrorKind};

/// Runs a call to its end and reads the answer's body.
pub(crate) async fn run(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<RawResponse, Error> {
    let created = &context.shared().created;
    created.before(call);
    let mut done = traced(context, call, deadline, Reading::Whole).await?;
    let body = std::mem::take(&mut done.answer.body);
    if !done.progress.recovered {
        created.after(call, &body);
    }
    Ok(Response::new(body, metadata(context, call, done)))
}

/// Runs a call until the head of a success is there, and leaves the body to the caller.
pub(crate) async fn open(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<Response<TransportBody>, Error> {
    context.shared().created.before(call);
    let mut done = traced(context, call, deadline, Reading::Head).await?;
    let body = match done.answer.unread.take() {
        Some(TransportBody::Stream(pieces)) => {
            let limit = prepare::choose(&call.options.timeout, context.settings().timeout);
            TransportBody::Stream(attempt::paced(context.clone(), limit, deadline, pieces))
        }
        Some(TransportBody::Full(body)) => TransportBody::Full(body),
        None => TransportBody::Full(std::mem::take(&mut done.answer.body)),
    };
    Ok(Response::new(body, metadata(context, call, done)))
}

fn metadata(context: &Context, call: &Call, done: Done) -> Metadata {
    let Done { answer, url, progress } = done;
    Metadata {
        status: answer.status,
        headers: answer.headers,
        url,
        version: answer.version,
        method: call.method.clone(),
        elapsed: context.shared().clock.now().saturating_sub(progress.began.at),
        attempts: progress.attempts,
        idempotency_key: progress.idempotency_key,
        recovered: progress.recovered,
        repeated: progress.maybe_done && !progress.recovered && call.method != http::Method::GET,
    }
}

/// How much of a success is read before the call counts as done.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    Whole,
    Head,
}

async fn traced(
    context: &Context,
    call: &Call,
    deadline: Deadline,
    reading: Reading,
) -> Result<Done, Error> {
    let span = tracing::info_span!("call", operation = %call.name, template = %call.template);
    // Boxed: it is large, and every future around it would be as large again.
    Box::pin(drive(context, call, deadline, reading)).instrument(span).await
}

/// A success, the address it came from, and how it came.
struct Done {
    answer: Answer,
    url: Url,
    progress: Progress,
}

/// What has happened so far in one call.
struct Progress {
    began: Began,
    attempts: Vec<Attempt>,
    idempotency_key: Option<String>,
    /// When the first attempt was sent.
    first: Option<Duration>,
    /// How long after it the write may be retried once it may have been applied.
    window: Option<Duration>,
    /// An earlier attempt may have done the write.
    maybe_done: bool,
    recovered: bool,
}

impl Progress {
    fn new(started: Duration, call: &Call, prepared: &Prepared<'_>) -> Self {
        Self {
            first: None,
            window: operation::find(&call.name).and_then(Operation::retry_window),
            began: Began { at: started, by_server: None },
            attempts: Vec::new(),
            idempotency_key: prepared.idempotency_key.clone(),
            maybe_done: false,
            recovered: false,
        }
    }

    /// How long ago the first attempt was sent.
    fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.first.unwrap_or(now))
    }

    fn is_too_old(&self, now: Duration) -> bool {
        self.maybe_done && self.window.is_some_and(|window| self.age(now) > window)
    }

    fn note(&mut self, status: Option<u16>, reason: String, elapsed: Duration) {
        debug!(reason, attempt = self.attempts.len(), "attempt ended");
        self.attempts.push(Attempt { status, reason, delay: None, elapsed });
    }
}

async fn drive(
    context: &Context,
    call: &Call,
    deadline: Deadline,
    reading: Reading,
) -> Result<Done, Error> {
    let shared = context.shared();
    let clock = shared.clock.as_ref();
    let prepared =
        Prepared::new(context, call).map_err(|error| error.with_operation(&call.name))?;
    let mut progress = Progress::new(clock.now(), call, &prepared);
    let mut policy = context.settings().retry.clone();
    policy.max_retries = call.options.max_retries.unwrap_or(policy.max_retries);
    let mut refused: Option<HeaderValue> = None;
    let mut last: Option<Box<attempt::Failed>> = None;
    let mut retries = 0;

    loop {
        let ready = before_attempt(context, &prepared, deadline, refused.as_ref()).await;
        let authorization = match ready {
            Ok(authorization) => authorization,
            Err(error) => return Err(finish(error, call, progress, None)),
        };
        let begun = clock.now();
        // The decision to retry came before the waits for its delay, a lookup or a token.
        if let Some(failed) = last.take().filter(|_| progress.is_too_old(begun)) {
            let error = stopped(failed.into_error(deadline), Stop::TooOld, deadline);
            return Err(finish(error, call, progress, None));
        }
        progress.first.get_or_insert(begun);
        let outcome =
            attempt::send(context, &prepared, authorization.as_ref(), retries, deadline, reading)
                .await;
        let elapsed = clock.now().saturating_sub(begun);
        let failed = match outcome {
            Ok(mut answer) => {
                shared.budget.deposit();
                progress.note(Some(answer.status.as_u16()), "ok".to_owned(), elapsed);
                let url = answer.url.take().unwrap_or(prepared.url);
                return Ok(Done { answer, url, progress });
            }
            Err(failed) => failed,
        };
        progress.note(failed.status(), failed.reason(), elapsed);
        progress.began.note(clock, failed.date());

        if failed.status() == Some(401) && refused.is_none() && prepared.sends_key {
            // Tokens end early now and then; a key that is refused stays refused.
            refused = authorization;
            // Rare, and large: boxed, so that it is not in every call's future.
            match Box::pin(credentials(context, deadline, refused.as_ref())).await {
                Some(Ok(Some(_))) => {
                    last = Some(Box::new(failed));
                    continue;
                }
                // Without another token, the 401 is what the call ends with.
                Some(_) => {}
                None => {
                    let error = no_token(deadline).with_source(failed.into_error(deadline));
                    return Err(finish(error, call, progress, None));
                }
            }
        }
        let duplicate_of_ours = failed.status() == Some(409)
            && progress.maybe_done
            && call.replay == Replay::AfterLookup;
        progress.maybe_done |= failed.failure().may_have_been_done();

        let hints = failed.hints(clock.wall());
        let decision = if duplicate_of_ours {
            Decision::Retry { delay: Duration::ZERO, look_up: true }
        } else {
            let left = deadline.remaining(clock);
            let (failure, spread) = (failed.failure(), clock.spread());
            let budget = &shared.budget;
            retry::decide(&policy, retries, failure, &hints, call.replay, left, spread, budget)
                .within(progress.window, progress.age(clock.now()), progress.maybe_done)
        };
        let (delay, look_up) = match decision {
            Decision::Retry { delay, look_up } => (delay, look_up),
            Decision::Stop(stop) => {
                let error = stopped(failed.into_error(deadline), stop, deadline);
                return Err(finish(error, call, progress, Some(&hints)));
            }
        };
        wait(clock, delay, &mut progress, retries, policy.max_retries).await;
        if look_up {
            match context.look_up(call, progress.began, deadline).await {
                Ok(LookedUp::Ours(found)) => return Ok(recovered(found, prepared.url, progress)),
                // Nothing of ours: the conflict is what it says.
                Ok(LookedUp::Nothing) if duplicate_of_ours => {
                    return Err(finish(failed.into_error(deadline), call, progress, Some(&hints)));
                }
                Ok(LookedUp::Nothing) => {}
                Ok(found @ (LookedUp::Older | LookedUp::Unclear)) => {
                    let unclear = matches!(found, LookedUp::Unclear);
                    let error = taken(failed.into_error(deadline), unclear);
                    let error = finish(error, call, progress, None);
                    return Err(error.with_outcome_unknown(unclear));
                }
                Err(error) => {
                    let note = format!("looking up what it may have made failed too: {error}");
                    let error = failed.into_error(deadline).with_note(&note);
                    // Also of a conflict: nobody has seen whose it is.
                    let error = finish(error, call, progress, Some(&hints));
                    return Err(error.with_outcome_unknown(true));
                }
            }
        }
        last = Some(Box::new(failed));
        retries += 1;
    }
}

async fn wait(clock: &dyn Clock, delay: Duration, progress: &mut Progress, k: u32, of: u32) {
    if delay.is_zero() {
        return;
    }
    if let Some(last) = progress.attempts.last_mut() {
        last.delay = Some(delay);
        info!(?delay, reason = last.reason, retry = k + 1, of, "trying again");
    }
    clock.sleep(delay).await;
}

/// What must hold before anything is sent, and the header that proves who sends it.
async fn before_attempt(
    context: &Context,
    prepared: &Prepared<'_>,
    deadline: Deadline,
    refused: Option<&HeaderValue>,
) -> Result<Option<HeaderValue>, Error> {
    if context.is_closed() {
        return Err(Error::new(ErrorKind::Closed, "the client is closed; make a new one"));
    }
    let clock = context.shared().clock.as_ref();
    if deadline.passed(clock) {
        return Err(deadline.error());
    }
    if !prepared.sends_key {
        return Ok(None);
    }
    credentials(context, deadline, refused).await.unwrap_or_else(|| Err(no_token(deadline)))
}

/// The header that proves who sends a request; `None` if the deadline passes first.
async fn credentials(
    context: &Context,
    deadline: Deadline,
    refused: Option<&HeaderValue>,
) -> Option<Result<Option<HeaderValue>, Error>> {
    let (clock, credentials) = (context.clock(), context.credentials());
    let header =
        attempt::within(clock, deadline.remaining(clock), credentials.header(refused)).await;
    // A provider that blocks its thread cannot be interrupted; what it returns late is not used.
    header.filter(|_| !deadline.passed(clock))
}

fn no_token(deadline: Deadline) -> Error {
    deadline.error().with_note("the token provider did not return in time")
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

fn stopped(error: Error, stop: Stop, deadline: Deadline) -> Error {
    match stop {
        Stop::Deadline => {
            deadline.error_ahead("no time is left for another attempt before").with_source(error)
        }
        Stop::BudgetEmpty => error.with_note(
            "not tried again, as too many recent calls failed (the retry budget is empty)",
        ),
        Stop::ServerDelayTooLong => {
            error.with_note("not tried again, as the server asks for a longer wait than allowed")
        }
        Stop::TooOld => error.with_note(
            "not retried, as this one may have been accepted, and another roster after it, which a \
             retry would replace; check what the group should hold, then submit it",
        ),
        Stop::NotRetryable | Stop::ServerSaidNo | Stop::NoRetriesLeft => error,
    }
}

fn finish(error: Error, call: &Call, progress: Progress, hints: Option<&ServerHints>) -> Error {
    let is_write = call.method != http::Method::GET;
    // A conflict that a lookup did not explain is somebody else's.
    let resolved = error.kind() == ErrorKind::Conflict;
    error
        .with_operation(&call.name)
        .with_attempts(progress.attempts)
        .with_retry_after(hints.and_then(|hints| hints.delay))
        .with_outcome_unknown(is_write && progress.maybe_done && !resolved)
        .with_idempotency_key(progress.idempotency_key)
}
