//! The one place with the order of I/O: build, authenticate, send, classify, retry, attach
//! metadata. Every operation, raw call and poll runs through here.

mod attempt;
mod lost;
mod prepare;

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use http::HeaderValue;
use tracing::{Instrument as _, debug, info};
use url::Url;

use self::attempt::Answer;
pub(crate) use self::lost::{Began, LookedUp, Lost};
use self::prepare::Prepared;
use crate::call::{Call, Metadata, RawResponse, Response};
use crate::context::Context;
use crate::error::{Attempt, Error, ErrorKind};
use crate::operation::{self, Operation, Replay};
use crate::retry::{self, Decision, RetryPolicy, ServerHints, Stop};
use crate::time::{Clock, Deadline};
use crate::transport::TransportBody;

/// Runs a call to its end and reads the answer's body. For calls of which nothing has to be looked up.
pub(crate) async fn run(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<RawResponse, Error> {
    let alone = async {
        let mut running = Running::start(context, call, deadline, Reading::Whole)?;
        loop {
            match running.go_on().await? {
                Turn::Done(done) => return Ok(done),
                Turn::LookUp(lost) => match lost.resume(Err(no_lookup())) {
                    ControlFlow::Continue(again) => running = again,
                    ControlFlow::Break(end) => return end,
                },
            }
        }
    };
    traced(call, Box::pin(alone)).await.map(|done| done.read(context, call))
}

fn no_lookup() -> Error {
    Error::new(ErrorKind::Internal, "this call has no lookup")
}

/// Runs what makes up a call in the call's span. Boxed: it is large, and every future around it would
/// be as large again.
pub(crate) async fn traced<T>(call: &Call, steps: Pin<Box<impl Future<Output = T>>>) -> T {
    let span = tracing::info_span!("call", operation = %call.name, template = %call.template);
    steps.instrument(span).await
}

/// How much of a success is read before the call counts as done.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    Whole,
    Head,
}

/// A success, the address it came from, and how it came.
pub(crate) struct Done {
    answer: Answer,
    url: Url,
    progress: Progress,
}

impl Done {
    /// The answer of a call whose body was read.
    pub(crate) fn read(mut self, context: &Context, call: &Call) -> RawResponse {
        let body = std::mem::take(&mut self.answer.body);
        if !self.progress.recovered {
            context.shared().created.after(call, &body);
        }
        Response::new(body, self.metadata(context, call))
    }

    /// The answer of a call whose body is left to the caller.
    pub(crate) fn opened(
        mut self,
        context: &Context,
        call: &Call,
        deadline: Deadline,
    ) -> Response<TransportBody> {
        let body = match self.answer.unread.take() {
            Some(TransportBody::Stream(pieces)) => {
                let limit = prepare::choose(&call.options.timeout, context.settings().timeout);
                TransportBody::Stream(attempt::paced(context.clone(), limit, deadline, pieces))
            }
            Some(TransportBody::Full(body)) => TransportBody::Full(body),
            None => TransportBody::Full(std::mem::take(&mut self.answer.body)),
        };
        Response::new(body, self.metadata(context, call))
    }

    fn metadata(self, context: &Context, call: &Call) -> Metadata {
        let Self { answer, url, progress } = self;
        Metadata {
            status: answer.status,
            headers: answer.headers,
            url,
            version: answer.version,
            method: call.method.clone(),
            elapsed: context.clock().now().saturating_sub(progress.began.at),
            attempts: progress.attempts,
            idempotency_key: progress.idempotency_key,
            recovered: progress.recovered,
            repeated: (progress.maybe_done || answer.resent)
                && !progress.recovered
                && call.method != http::Method::GET,
        }
    }
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

/// Where a call stands that is not over.
pub(crate) struct Running<'a> {
    context: &'a Context,
    call: &'a Call,
    deadline: Deadline,
    reading: Reading,
    prepared: Prepared<'a>,
    progress: Progress,
    policy: RetryPolicy,
    refused: Option<HeaderValue>,
    last: Option<Box<attempt::Failed>>,
    retries: u32,
}

/// What attempts have led to.
#[expect(clippy::large_enum_variant, reason = "a success is what calls end with, moved once")]
pub(crate) enum Turn<'a> {
    Done(Done),
    /// The write may have been done: it has to be looked up before it is sent again.
    LookUp(Box<Lost<'a>>),
}

impl<'a> Running<'a> {
    /// Prepares a call; nothing is sent yet.
    pub(crate) fn start(
        context: &'a Context,
        call: &'a Call,
        deadline: Deadline,
        reading: Reading,
    ) -> Result<Self, Error> {
        context.shared().created.before(call);
        let prepared =
            Prepared::new(context, call).map_err(|error| error.with_operation(&call.name))?;
        let progress = Progress::new(context.clock().now(), call, &prepared);
        let mut policy = context.settings().retry.clone();
        policy.max_retries = call.options.max_retries.unwrap_or(policy.max_retries);
        Ok(Self {
            context,
            call,
            deadline,
            reading,
            prepared,
            progress,
            policy,
            refused: None,
            last: None,
            retries: 0,
        })
    }

    fn finish(self, error: Error, hints: Option<&ServerHints>) -> Error {
        finish(error, self.call, self.progress, hints)
    }

    /// Sends until the call succeeds, fails, or has to be looked up.
    pub(crate) async fn go_on(mut self) -> Result<Turn<'a>, Error> {
        let Self { context, call, deadline, reading, .. } = self;
        let shared = context.shared();
        let clock = context.clock();
        loop {
            let ready =
                before_attempt(context, &self.prepared, deadline, self.refused.as_ref()).await;
            let authorization = match ready {
                Ok(authorization) => authorization,
                Err(error) => return Err(self.finish(error, None)),
            };
            let begun = clock.now();
            // The decision to retry came before the waits for its delay, a lookup or a token.
            if let Some(failed) = self.last.take().filter(|_| self.progress.is_too_old(begun)) {
                let error = stopped(failed.into_error(deadline), Stop::TooOld, deadline);
                return Err(self.finish(error, None));
            }
            self.progress.first.get_or_insert(begun);
            let (prepared, header) = (&self.prepared, authorization.as_ref());
            let outcome =
                attempt::send(context, prepared, header, self.retries, deadline, reading).await;
            let elapsed = clock.now().saturating_sub(begun);
            let failed = match outcome {
                Ok(mut answer) => {
                    shared.budget.deposit();
                    self.progress.note(Some(answer.status.as_u16()), "ok".to_owned(), elapsed);
                    let url = answer.url.take().unwrap_or(self.prepared.url);
                    return Ok(Turn::Done(Done { answer, url, progress: self.progress }));
                }
                Err(failed) => failed,
            };
            self.progress.note(failed.status(), failed.reason(), elapsed);
            self.progress.began.note(clock, failed.date());

            if failed.status() == Some(401) && self.refused.is_none() && self.prepared.sends_key {
                // Tokens end early now and then; a key that is refused stays refused.
                self.refused = authorization;
                // Rare, and large: boxed, so that it is not in every call's future.
                match Box::pin(credentials(context, deadline, self.refused.as_ref())).await {
                    Some(Ok(Some(_))) => {
                        self.last = Some(Box::new(failed));
                        continue;
                    }
                    // Without another token, the 401 is what the call ends with.
                    Some(_) => {}
                    None => {
                        let error = no_token(deadline).with_source(failed.into_error(deadline));
                        return Err(self.finish(error, None));
                    }
                }
            }
            let duplicate_of_ours = failed.status() == Some(409)
                && self.progress.maybe_done
                && call.replay == Replay::AfterLookup;
            self.progress.maybe_done |= failed.may_have_been_done();

            let hints = failed.hints(clock.wall());
            let decision = if duplicate_of_ours {
                Decision::Retry { delay: Duration::ZERO, look_up: true }
            } else {
                let (failure, left) = (failed.failure(), deadline.remaining(clock));
                let (spread, budget) = (clock.spread(), &shared.budget);
                let (k, replay) = (self.retries, call.replay);
                let (window, age) = (self.progress.window, self.progress.age(clock.now()));
                retry::decide(&self.policy, k, failure, &hints, replay, left, spread, budget)
                    .within(window, age, self.progress.maybe_done)
            };
            let (delay, look_up) = match decision {
                Decision::Retry { delay, look_up } => (delay, look_up),
                Decision::Stop(stop) => {
                    let error = stopped(failed.into_error(deadline), stop, deadline);
                    return Err(self.finish(error, Some(&hints)));
                }
            };
            let most = self.policy.max_retries;
            wait(clock, delay, &mut self.progress, self.retries, most).await;
            if look_up {
                let running = self;
                return Ok(Turn::LookUp(Box::new(Lost {
                    running,
                    failed,
                    hints,
                    duplicate_of_ours,
                })));
            }
            self.last = Some(Box::new(failed));
            self.retries += 1;
        }
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
