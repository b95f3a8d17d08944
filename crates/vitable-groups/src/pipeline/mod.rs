//! Runs calls: build, authenticate, send, classify, retry, attach metadata. Every operation, raw call
//! and poll goes through here.

mod attempt;
mod lookup;
mod prepare;

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use http::HeaderValue;
use tracing::{Instrument as _, debug, info};
use url::Url;

use self::attempt::AttemptResponse;
pub(crate) use self::lookup::{CallStart, LookupResult, PendingLookup};
use self::prepare::Prepared;
use crate::call::{Call, Metadata, RawResponse, Response};
use crate::context::Context;
use crate::error::{Attempt, Error, ErrorKind};
use crate::operation::{self, Operation, RetrySafety};
use crate::retry::{self, Decision, RetryPolicy, ServerHints, Stop};
use crate::time::{Clock, Deadline};
use crate::transport::TransportBody;

/// Runs a call and reads the response body. For calls that never need a lookup.
pub(crate) async fn run(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<RawResponse, Error> {
    let work = async {
        let mut running = RunningCall::start(context, call, deadline, BodyMode::Buffered)?;
        loop {
            match running.run_attempts().await? {
                AttemptsResult::Completed(completed) => return Ok(completed),
                AttemptsResult::NeedsLookup(pending) => match pending.resume(Err(no_lookup())) {
                    ControlFlow::Continue(resumed) => running = resumed,
                    ControlFlow::Break(result) => return result,
                },
            }
        }
    };
    traced(call, Box::pin(work)).await.map(|completed| completed.buffered(context, call))
}

fn no_lookup() -> Error {
    Error::new(ErrorKind::Internal, "this call has no lookup")
}

/// Runs a call's future in its span. The future is boxed, as it is large and would enlarge every
/// future that contains it.
pub(crate) async fn traced<T>(call: &Call, work: Pin<Box<impl Future<Output = T>>>) -> T {
    let span = tracing::info_span!("call", operation = %call.name, template = %call.template);
    work.instrument(span).await
}

/// Whether the call reads the body of a success response, or leaves it to the caller.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum BodyMode {
    Buffered,
    Streamed,
}

/// A call that succeeded.
pub(crate) struct CompletedCall {
    response: AttemptResponse,
    url: Url,
    state: CallState,
}

impl CompletedCall {
    /// The response of a call in [`BodyMode::Buffered`].
    pub(crate) fn buffered(mut self, context: &Context, call: &Call) -> RawResponse {
        let body = std::mem::take(&mut self.response.body);
        if !self.state.recovered {
            context.shared().created.after_call(call, &body, || context.server());
        }
        Response::new(body, self.metadata(context, call))
    }

    /// The response of a call in [`BodyMode::Streamed`].
    pub(crate) fn streamed(
        mut self,
        context: &Context,
        call: &Call,
        deadline: Deadline,
    ) -> Response<TransportBody> {
        let body = match self.response.unread.take() {
            Some(TransportBody::Stream(chunks)) => {
                let limit = prepare::resolve(&call.options.timeout, context.settings().timeout);
                let context = context.clone();
                let chunks = attempt::with_chunk_limit(context, limit, deadline, chunks);
                TransportBody::Stream(chunks)
            }
            Some(TransportBody::Full(body)) => TransportBody::Full(body),
            None => TransportBody::Full(std::mem::take(&mut self.response.body)),
        };
        Response::new(body, self.metadata(context, call))
    }

    fn metadata(self, context: &Context, call: &Call) -> Metadata {
        let Self { response, url, state } = self;
        Metadata {
            status: response.status,
            headers: response.headers,
            url,
            version: response.version,
            method: call.method.clone(),
            elapsed: context.clock().now().saturating_sub(state.started.at),
            attempts: state.attempts,
            idempotency_key: state.idempotency_key,
            recovered: state.recovered,
            repeated: (state.maybe_applied || response.resent)
                && !state.recovered
                && call.method != http::Method::GET,
        }
    }
}

/// The state of a call across its attempts.
struct CallState {
    started: CallStart,
    attempts: Vec<Attempt>,
    idempotency_key: Option<String>,
    /// When the first attempt was sent.
    first_sent: Option<Duration>,
    /// How long after that the write may be retried if it may have been applied.
    window: Option<Duration>,
    /// An earlier attempt may have applied the write.
    maybe_applied: bool,
    /// A lookup found the result of an earlier attempt.
    recovered: bool,
}

impl CallState {
    fn new(now: Duration, call: &Call, prepared: &Prepared<'_>) -> Self {
        Self {
            first_sent: None,
            window: operation::find(&call.name).and_then(Operation::retry_window),
            started: CallStart { at: now, server_time: None },
            attempts: Vec::new(),
            idempotency_key: prepared.idempotency_key.clone(),
            maybe_applied: false,
            recovered: false,
        }
    }

    /// Time since the first attempt was sent.
    fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.first_sent.unwrap_or(now))
    }

    fn is_too_old(&self, now: Duration) -> bool {
        self.maybe_applied && self.window.is_some_and(|window| self.age(now) > window)
    }

    fn add_attempt(&mut self, status: Option<u16>, reason: String, elapsed: Duration) {
        debug!(reason, attempt = self.attempts.len(), "attempt ended");
        self.attempts.push(Attempt { status, reason, delay: None, elapsed });
    }
}

/// A call that has not ended.
pub(crate) struct RunningCall<'a> {
    context: &'a Context,
    call: &'a Call,
    deadline: Deadline,
    body_mode: BodyMode,
    prepared: Prepared<'a>,
    state: CallState,
    policy: RetryPolicy,
    rejected: Option<HeaderValue>,
    last: Option<Box<attempt::AttemptError>>,
    retries: u32,
}

/// The result of a call's attempts, unless it failed.
#[expect(clippy::large_enum_variant, reason = "most calls succeed, and the value is moved once")]
pub(crate) enum AttemptsResult<'a> {
    Completed(CompletedCall),
    /// The write may have been applied: a lookup is needed before a retry.
    NeedsLookup(Box<PendingLookup<'a>>),
}

impl<'a> RunningCall<'a> {
    /// Prepares a call; nothing is sent yet.
    pub(crate) fn start(
        context: &'a Context,
        call: &'a Call,
        deadline: Deadline,
        body_mode: BodyMode,
    ) -> Result<Self, Error> {
        context.shared().created.before_call(call);
        let prepared =
            Prepared::new(context, call).map_err(|error| error.with_operation(&call.name))?;
        let state = CallState::new(context.clock().now(), call, &prepared);
        let mut policy = context.settings().retry.clone();
        policy.max_retries = call.options.max_retries.unwrap_or(policy.max_retries);
        Ok(Self {
            context,
            call,
            deadline,
            body_mode,
            prepared,
            state,
            policy,
            rejected: None,
            last: None,
            retries: 0,
        })
    }

    fn finish(self, error: Error, hints: Option<&ServerHints>) -> Error {
        finish(error, self.call, self.state, hints)
    }

    /// Runs attempts until the call succeeds, fails, or needs a lookup.
    pub(crate) async fn run_attempts(mut self) -> Result<AttemptsResult<'a>, Error> {
        let Self { context, call, deadline, body_mode, .. } = self;
        let shared = context.shared();
        let clock = context.clock();
        loop {
            let ready =
                before_attempt(context, &self.prepared, deadline, self.rejected.as_ref()).await;
            let authorization = match ready {
                Ok(authorization) => authorization,
                Err(error) => return Err(self.finish(error, None)),
            };
            let sent = clock.now();
            // The retry was decided before the waits for its delay, a lookup or a token.
            if let Some(failed) = self.last.take().filter(|_| self.state.is_too_old(sent)) {
                let error = stopped(failed.into_error(deadline), Stop::TooOld, deadline);
                return Err(self.finish(error, None));
            }
            self.state.first_sent.get_or_insert(sent);
            let (prepared, header) = (&self.prepared, authorization.as_ref());
            let result =
                attempt::send(context, prepared, header, self.retries, deadline, body_mode).await;
            let elapsed = clock.now().saturating_sub(sent);
            let failed = match result {
                Ok(mut response) => {
                    shared.quota.refill();
                    let status = response.status.as_u16();
                    self.state.add_attempt(Some(status), "ok".to_owned(), elapsed);
                    let url = response.url.take().unwrap_or(self.prepared.url);
                    let completed = CompletedCall { response, url, state: self.state };
                    return Ok(AttemptsResult::Completed(completed));
                }
                Err(failed) => failed,
            };
            self.state.add_attempt(failed.status(), failed.reason(), elapsed);
            self.state.started.set_server_time(clock, failed.date());

            if failed.status() == Some(401) && self.rejected.is_none() && self.prepared.sends_key {
                // A token may have been revoked early, so try another; a rejected key stays rejected.
                self.rejected = authorization;
                // Rare and large, so boxed to keep every call's future small.
                match Box::pin(credentials(context, deadline, self.rejected.as_ref())).await {
                    Some(Ok(Some(_))) => {
                        self.last = Some(Box::new(failed));
                        continue;
                    }
                    // Without another token, the call ends with the 401.
                    Some(_) => {}
                    None => {
                        let error = no_token(deadline).with_source(failed.into_error(deadline));
                        return Err(self.finish(error, None));
                    }
                }
            }
            let own_conflict = failed.status() == Some(409)
                && self.state.maybe_applied
                && call.retry_safety == RetrySafety::LookupFirst;
            self.state.maybe_applied |= failed.may_have_been_applied();

            let hints = failed.hints(clock.wall());
            let decision = if own_conflict {
                Decision::Retry { delay: Duration::ZERO, look_up: true }
            } else {
                let (failure, remaining) = (failed.failure(), deadline.remaining(clock));
                let (jitter, quota) = (clock.jitter(), &shared.quota);
                let (k, safety) = (self.retries, call.retry_safety);
                let (window, age) = (self.state.window, self.state.age(clock.now()));
                retry::decide(&self.policy, k, failure, &hints, safety, remaining, jitter, quota)
                    .within(window, age, self.state.maybe_applied)
            };
            let (delay, look_up) = match decision {
                Decision::Retry { delay, look_up } => (delay, look_up),
                Decision::Stop(stop) => {
                    let error = stopped(failed.into_error(deadline), stop, deadline);
                    return Err(self.finish(error, Some(&hints)));
                }
            };
            let max_retries = self.policy.max_retries;
            wait(clock, delay, &mut self.state, self.retries, max_retries).await;
            if look_up {
                let running = self;
                return Ok(AttemptsResult::NeedsLookup(Box::new(PendingLookup {
                    running,
                    failed,
                    hints,
                    own_conflict,
                })));
            }
            self.last = Some(Box::new(failed));
            self.retries += 1;
        }
    }
}

async fn wait(clock: &dyn Clock, delay: Duration, state: &mut CallState, k: u32, max_retries: u32) {
    if delay.is_zero() {
        return;
    }
    if let Some(last) = state.attempts.last_mut() {
        last.delay = Some(delay);
        info!(?delay, reason = last.reason, retry = k + 1, max_retries, "retrying");
    }
    clock.sleep(delay).await;
}

/// Checks that an attempt can start, and returns its `Authorization` header.
async fn before_attempt(
    context: &Context,
    prepared: &Prepared<'_>,
    deadline: Deadline,
    rejected: Option<&HeaderValue>,
) -> Result<Option<HeaderValue>, Error> {
    if context.is_closed() {
        return Err(Error::new(ErrorKind::Closed, "the client is closed; create a new one"));
    }
    let clock = context.shared().clock.as_ref();
    if deadline.passed(clock) {
        return Err(deadline.error());
    }
    if !prepared.sends_key {
        return Ok(None);
    }
    credentials(context, deadline, rejected).await.unwrap_or_else(|| Err(no_token(deadline)))
}

/// The `Authorization` header; `None` if the deadline passes first.
async fn credentials(
    context: &Context,
    deadline: Deadline,
    rejected: Option<&HeaderValue>,
) -> Option<Result<Option<HeaderValue>, Error>> {
    let (clock, credentials) = (context.clock(), context.credentials());
    let header =
        attempt::with_limit(clock, deadline.remaining(clock), credentials.header(rejected)).await;
    // A provider that blocks its thread cannot be interrupted; a late result is not used.
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
        Stop::QuotaEmpty => error
            .with_note("not retried: too many recent calls failed, so the retry quota is empty"),
        Stop::ServerDelayTooLong => {
            error.with_note("not retried: the requested wait exceeds max_server_delay")
        }
        Stop::TooOld => error.with_note(
            "not retried: this submission may have been accepted, and a retry would replace any \
             roster accepted after it; check what the group should hold, then submit that",
        ),
        Stop::NotRetryable | Stop::ServerForbids | Stop::NoRetriesLeft => error,
    }
}

fn finish(error: Error, call: &Call, state: CallState, hints: Option<&ServerHints>) -> Error {
    let is_write = call.method != http::Method::GET;
    // A conflict means that this call did not apply the write, unless a lookup says otherwise.
    let resolved = error.kind() == ErrorKind::Conflict;
    error
        .with_operation(&call.name)
        .with_attempts(state.attempts)
        .with_retry_after(hints.and_then(|hints| hints.delay))
        .with_outcome_unknown(is_write && state.maybe_applied && !resolved)
        .with_idempotency_key(state.idempotency_key)
}
