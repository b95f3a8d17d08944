//! One attempt: sends the request and reads the response, both within the time limit.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use jiff::Timestamp;
use url::Url;

use super::BodyMode;
use super::prepare::Prepared;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::retry::{Failure, ServerHints};
use crate::time::{Clock, Deadline, HumanDuration};
use crate::transport::{ChunkStream, TransportBody, TransportError, TransportResponse};

/// A success response.
pub(super) struct AttemptResponse {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// The URL after redirects; none for the requested URL.
    pub(super) url: Option<Url>,
    pub(super) version: Version,
    /// The transport sent the request twice.
    pub(super) resent: bool,
    pub(super) body: Bytes,
    pub(super) unread: Option<TransportBody>,
}

impl AttemptResponse {
    pub(super) fn recovered(body: Bytes) -> Self {
        let (status, version) = (StatusCode::OK, Version::HTTP_11);
        let headers = HeaderMap::new();
        Self { status, headers, url: None, version, resent: false, body, unread: None }
    }
}

/// A failed attempt, with what was received of the response.
pub(super) struct AttemptError {
    cause: Cause,
    head: Option<Head>,
    is_write: bool,
    resent: bool,
}

enum Cause {
    /// A complete response with a status that is not a success.
    ErrorStatus,
    /// The transport followed a redirect that turned the write into another method.
    MethodChanged,
    Transport(TransportError),
    TimedOut(Duration),
    Deadline,
    TooLarge(usize),
}

struct Head {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// What has been received so far, kept outside the attempt's future so that a timeout does not lose
/// it.
#[derive(Default)]
struct PartialResponse {
    head: Option<(StatusCode, HeaderMap)>,
    resent: bool,
    body: Body,
}

/// A body as it is received. Most arrive in one chunk, which is not copied.
#[derive(Default)]
enum Body {
    #[default]
    Empty,
    One(Bytes),
    Many(BytesMut),
}

impl Body {
    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
        }
    }

    fn push(&mut self, chunk: Bytes) {
        *self = match std::mem::take(self) {
            Self::Empty => Self::One(chunk),
            Self::One(first) => {
                let mut all = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                all.extend_from_slice(&first);
                all.extend_from_slice(&chunk);
                Self::Many(all)
            }
            Self::Many(mut all) => {
                all.extend_from_slice(&chunk);
                Self::Many(all)
            }
        };
    }

    fn take(&mut self) -> Bytes {
        match std::mem::take(self) {
            Self::Empty => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}

pub(super) async fn send(
    context: &Context,
    prepared: &Prepared<'_>,
    authorization: Option<&HeaderValue>,
    number: u32,
    deadline: Deadline,
    mode: BodyMode,
) -> Result<AttemptResponse, AttemptError> {
    let clock = context.clock();
    let transport = &context.shared().transport;
    let mut request = prepared.request(authorization, number);
    transport.warm_up(&request);
    let remaining = deadline.remaining(clock);
    let by_deadline = deadline_is_first(remaining, prepared.timeout);
    let limit = if by_deadline { remaining } else { prepared.timeout };
    request.timeout = limit;
    let method = request.method.clone();
    let is_write = method != Method::GET && method != Method::HEAD;
    let mut partial = PartialResponse::default();

    let work = async {
        let response = transport.send(request).await.map_err(Cause::Transport)?;
        partial.resent = response.resent;
        if is_write && response.method.as_ref().is_some_and(|sent| *sent != method) {
            partial.head = Some((response.status, response.headers));
            return Err(Cause::MethodChanged);
        }
        let max = context.settings().max_response_bytes;
        read(response, max, mode, &mut partial).await
    };
    let cause = match with_limit(clock, limit, work).await {
        Some(Ok(response)) => return Ok(response),
        Some(Err(cause)) => cause,
        None if by_deadline => Cause::Deadline,
        None => Cause::TimedOut(limit.unwrap_or_default()),
    };
    let PartialResponse { head, resent, mut body } = partial;
    let head = head.map(|(status, headers)| Head { status, headers, body: body.take() });
    Err(AttemptError { cause, head, is_write, resent })
}

/// The result of `work`, or `None` if `limit` passes first.
pub(super) async fn with_limit<T>(
    clock: &dyn Clock,
    limit: Option<Duration>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let Some(limit) = limit else { return Some(work.await) };
    let mut work = pin!(work);
    // Only work that has to wait needs a timer.
    if let Poll::Ready(result) = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
        return Some(result);
    }
    match select(work, clock.sleep(limit)).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(((), _)) => None,
    }
}

/// A body whose chunks must each arrive within `limit`, and all before the deadline.
pub(super) fn with_chunk_limit(
    context: Context,
    limit: Option<Duration>,
    deadline: Deadline,
    chunks: ChunkStream,
) -> ChunkStream {
    Box::pin(stream::unfold(Some((context, chunks)), move |state| async move {
        let (context, mut chunks) = state?;
        let clock = context.clock();
        let remaining = deadline.remaining(clock);
        let by_deadline = deadline_is_first(remaining, limit);
        let limit = if by_deadline { remaining } else { limit };
        let Some(chunk) = with_limit(clock, limit, chunks.next()).await else {
            let message = if by_deadline {
                deadline.error().message().to_owned()
            } else {
                let limit = HumanDuration(limit.unwrap_or_default());
                format!("the next chunk of the response did not arrive within {limit}")
            };
            return Some((Err(TransportError::new(Failure::TimedOut, message)), None));
        };
        let chunk = chunk?;
        let rest = chunk.is_ok().then_some((context, chunks));
        Some((chunk, rest))
    }))
}

/// Whether the deadline passes before the timeout.
fn deadline_is_first(remaining: Option<Duration>, timeout: Option<Duration>) -> bool {
    match (remaining, timeout) {
        (Some(remaining), Some(timeout)) => remaining <= timeout,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

async fn read(
    response: TransportResponse,
    max: usize,
    mode: BodyMode,
    partial: &mut PartialResponse,
) -> Result<AttemptResponse, Cause> {
    let TransportResponse { status, headers, url, version, resent, body, .. } = response;
    if status.is_success() && mode == BodyMode::Streamed {
        return Ok(AttemptResponse {
            status,
            headers,
            url,
            version,
            resent,
            body: Bytes::new(),
            unread: Some(body),
        });
    }
    partial.head = Some((status, headers));
    match body {
        TransportBody::Full(body) if body.len() > max => return Err(Cause::TooLarge(max)),
        TransportBody::Full(body) => partial.body.push(body),
        TransportBody::Stream(mut chunks) => {
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(Cause::Transport)?;
                if partial.body.len() + chunk.len() > max {
                    return Err(Cause::TooLarge(max));
                }
                partial.body.push(chunk);
            }
        }
    }
    if status.is_success() {
        let headers = partial.head.take().map(|(_, headers)| headers).unwrap_or_default();
        let body = partial.body.take();
        return Ok(AttemptResponse { status, headers, url, version, resent, body, unread: None });
    }
    Err(Cause::ErrorStatus)
}

const METHOD_CHANGED: &str = "a redirect turned the write into a GET, which would not prove that the \
                              write was applied; check whether it was, and check the base URL";

impl AttemptError {
    pub(super) fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|head| head.status.as_u16())
    }

    /// Whether the server may have applied the request, even if its response says that it has not.
    pub(super) fn may_have_been_applied(&self) -> bool {
        self.resent || self.failure().may_have_been_applied()
    }

    pub(super) fn failure(&self) -> Failure {
        match (&self.cause, &self.head) {
            // A retry would not help if the body is too large: the status is a success.
            (Cause::ErrorStatus | Cause::TooLarge(_), Some(head)) => {
                Failure::Status(head.status.as_u16())
            }
            (Cause::Transport(error), _) => error.failure(),
            (Cause::TimedOut(_) | Cause::Deadline, _) => Failure::TimedOut,
            // As if the transport had not followed the redirect.
            (Cause::MethodChanged, _) => Failure::Status(StatusCode::SEE_OTHER.as_u16()),
            (Cause::ErrorStatus | Cause::TooLarge(_), None) => Failure::ConnectionLost,
        }
    }

    pub(super) fn reason(&self) -> String {
        match (&self.cause, &self.head) {
            (Cause::ErrorStatus, Some(head)) => head.status.as_u16().to_string(),
            (Cause::TimedOut(_), _) => "timeout".to_owned(),
            (Cause::Transport(error), _) if error.is_timeout() => "timeout".to_owned(),
            (Cause::Deadline, _) => "deadline".to_owned(),
            (Cause::TooLarge(_), _) => "too large".to_owned(),
            (Cause::MethodChanged, _) => "redirect".to_owned(),
            (Cause::Transport(_) | Cause::ErrorStatus, _) => "connection".to_owned(),
        }
    }

    /// The server's time, if the response has a `Date`.
    pub(super) fn date(&self) -> Option<Timestamp> {
        crate::retry::date(&self.head.as_ref()?.headers)
    }

    pub(super) fn hints(&self, now: Timestamp) -> ServerHints {
        match (&self.cause, &self.head) {
            (Cause::ErrorStatus, Some(head)) => {
                ServerHints::read(&head.headers, head.status.as_u16(), now)
            }
            _ => ServerHints::default(),
        }
    }

    pub(super) fn into_error(self, deadline: Deadline) -> Error {
        let error = match self.cause {
            Cause::ErrorStatus => match self.head {
                Some(head) => {
                    let status = head.status;
                    let error = Error::from_response(status.as_u16(), head.headers, &head.body);
                    return match status.as_u16() {
                        301..=303 if self.is_write => error.with_note(METHOD_CHANGED),
                        300..=399 => {
                            error.with_note("redirects to another origin are not followed")
                        }
                        _ => error,
                    };
                }
                None => Error::new(ErrorKind::Internal, "an error status without a response"),
            },
            Cause::MethodChanged => Error::new(ErrorKind::ResponseValidation, METHOD_CHANGED),
            Cause::Transport(error) => {
                let timed_out = error.is_timeout();
                let kind = if timed_out { ErrorKind::Timeout } else { ErrorKind::Connection };
                Error::new(kind, error.to_string()).with_source(error)
            }
            Cause::TimedOut(limit) => {
                let limit = HumanDuration(limit);
                Error::new(
                    ErrorKind::Timeout,
                    format!("no complete response within the timeout of {limit}"),
                )
            }
            Cause::Deadline => deadline.error(),
            Cause::TooLarge(max) => Error::new(
                ErrorKind::ResponseValidation,
                format!("the response is larger than {max} bytes; raise max_response_bytes"),
            ),
        };
        match self.head {
            Some(head) => error.with_response(head.status.as_u16(), head.headers, &head.body),
            None => error,
        }
    }
}
