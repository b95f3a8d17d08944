//! Send, once: within the time that is left, with the body read within it too.

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

use super::Reading;
use super::prepare::Prepared;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::retry::{Failure, ServerHints};
use crate::time::{Clock, Deadline, HumanDuration};
use crate::transport::{Pieces, TransportBody, TransportError, TransportResponse};

/// A success.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// None for the address that was asked.
    pub(super) url: Option<Url>,
    pub(super) version: Version,
    /// The transport sent the request twice.
    pub(super) resent: bool,
    pub(super) body: Bytes,
    pub(super) unread: Option<TransportBody>,
}

impl Answer {
    pub(super) fn recovered(body: Bytes) -> Self {
        let (status, version) = (StatusCode::OK, Version::HTTP_11);
        let headers = HeaderMap::new();
        Self { status, headers, url: None, version, resent: false, body, unread: None }
    }
}

/// A failure, with what came before it broke off.
pub(super) struct Failed {
    cause: Cause,
    head: Option<Head>,
    is_write: bool,
    resent: bool,
}

enum Cause {
    /// The server refused, in a complete answer.
    Refused,
    /// The transport followed a redirect that turned a write into another request.
    Replaced,
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

/// What arrives while an attempt runs, kept outside of it so that a timeout does not lose it.
#[derive(Default)]
struct Arrived {
    head: Option<(StatusCode, HeaderMap)>,
    resent: bool,
    body: Body,
}

/// A body as it comes. Most come in one piece, which is then taken as it is.
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

    fn push(&mut self, piece: Bytes) {
        *self = match std::mem::take(self) {
            Self::Empty => Self::One(piece),
            Self::One(first) => {
                let mut all = BytesMut::with_capacity(2 * (first.len() + piece.len()));
                all.extend_from_slice(&first);
                all.extend_from_slice(&piece);
                Self::Many(all)
            }
            Self::Many(mut all) => {
                all.extend_from_slice(&piece);
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
    reading: Reading,
) -> Result<Answer, Failed> {
    let clock = context.clock();
    let transport = &context.shared().transport;
    let mut request = prepared.request(authorization, number);
    transport.warm_up(&request);
    let remaining = deadline.remaining(clock);
    let by_deadline = ends_first(remaining, prepared.timeout);
    let limit = if by_deadline { remaining } else { prepared.timeout };
    request.timeout = limit;
    let method = request.method.clone();
    let is_write = method != Method::GET && method != Method::HEAD;
    let mut arrived = Arrived::default();

    let work = async {
        let answer = transport.send(request).await.map_err(Cause::Transport)?;
        arrived.resent = answer.resent;
        if is_write && answer.method.as_ref().is_some_and(|answered| *answered != method) {
            arrived.head = Some((answer.status, answer.headers));
            return Err(Cause::Replaced);
        }
        let max = context.settings().max_response_bytes;
        read(answer, max, reading, &mut arrived).await
    };
    let cause = match within(clock, limit, work).await {
        Some(Ok(answer)) => return Ok(answer),
        Some(Err(cause)) => cause,
        None if by_deadline => Cause::Deadline,
        None => Cause::TimedOut(limit.unwrap_or_default()),
    };
    let Arrived { head, resent, mut body } = arrived;
    let head = head.map(|(status, headers)| Head { status, headers, body: body.take() });
    Err(Failed { cause, head, is_write, resent })
}

/// The result of `work`, or `None` if `limit` passes first.
pub(super) async fn within<T>(
    clock: &dyn Clock,
    limit: Option<Duration>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let Some(limit) = limit else { return Some(work.await) };
    let mut work = pin!(work);
    // Most work waits, but some is done at once; only what waits needs a timer.
    if let Poll::Ready(result) = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
        return Some(result);
    }
    match select(work, clock.sleep(limit)).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(((), _)) => None,
    }
}

/// A body whose pieces must each come within `limit`, and all before the deadline.
pub(super) fn paced(
    context: Context,
    limit: Option<Duration>,
    deadline: Deadline,
    pieces: Pieces,
) -> Pieces {
    Box::pin(stream::unfold(Some((context, pieces)), move |state| async move {
        let (context, mut pieces) = state?;
        let clock = context.clock();
        let remaining = deadline.remaining(clock);
        let by_deadline = ends_first(remaining, limit);
        let limit = if by_deadline { remaining } else { limit };
        let Some(piece) = within(clock, limit, pieces.next()).await else {
            let message = if by_deadline {
                deadline.error().message().to_owned()
            } else {
                let limit = HumanDuration(limit.unwrap_or_default());
                format!("the next piece of the answer did not come within {limit}")
            };
            return Some((Err(TransportError::new(Failure::TimedOut, message)), None));
        };
        let piece = piece?;
        let rest = piece.is_ok().then_some((context, pieces));
        Some((piece, rest))
    }))
}

/// Whether what is left to the deadline ends before the timeout does.
fn ends_first(remaining: Option<Duration>, timeout: Option<Duration>) -> bool {
    match (remaining, timeout) {
        (Some(remaining), Some(timeout)) => remaining <= timeout,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

async fn read(
    answer: TransportResponse,
    max: usize,
    reading: Reading,
    arrived: &mut Arrived,
) -> Result<Answer, Cause> {
    let TransportResponse { status, headers, url, version, resent, body, .. } = answer;
    if status.is_success() && reading == Reading::Head {
        return Ok(Answer {
            status,
            headers,
            url,
            version,
            resent,
            body: Bytes::new(),
            unread: Some(body),
        });
    }
    arrived.head = Some((status, headers));
    match body {
        TransportBody::Full(body) if body.len() > max => return Err(Cause::TooLarge(max)),
        TransportBody::Full(body) => arrived.body.push(body),
        TransportBody::Stream(mut pieces) => {
            while let Some(piece) = pieces.next().await {
                let piece = piece.map_err(Cause::Transport)?;
                if arrived.body.len() + piece.len() > max {
                    return Err(Cause::TooLarge(max));
                }
                arrived.body.push(piece);
            }
        }
    }
    if status.is_success() {
        let headers = arrived.head.take().map(|(_, headers)| headers).unwrap_or_default();
        let body = arrived.body.take();
        return Ok(Answer { status, headers, url, version, resent, body, unread: None });
    }
    Err(Cause::Refused)
}

const REPLACED: &str = "a redirect asks for a GET in place of the write, which would not prove that \
                        the write was applied; check whether it was, and the base URL";

impl Failed {
    pub(super) fn status(&self) -> Option<u16> {
        self.head.as_ref().map(|head| head.status.as_u16())
    }

    /// Whether the server may have applied the request, even if its response says that it has not.
    pub(super) fn may_have_been_done(&self) -> bool {
        self.resent || self.failure().may_have_been_done()
    }

    pub(super) fn failure(&self) -> Failure {
        match (&self.cause, &self.head) {
            // A body that is too large would be so again: judged by its status, which is a success.
            (Cause::Refused | Cause::TooLarge(_), Some(head)) => {
                Failure::Status(head.status.as_u16())
            }
            (Cause::Transport(error), _) => error.failure(),
            (Cause::TimedOut(_) | Cause::Deadline, _) => Failure::TimedOut,
            // As if it had been left to us.
            (Cause::Replaced, _) => Failure::Status(StatusCode::SEE_OTHER.as_u16()),
            (Cause::Refused | Cause::TooLarge(_), None) => Failure::Broken,
        }
    }

    pub(super) fn reason(&self) -> String {
        match (&self.cause, &self.head) {
            (Cause::Refused, Some(head)) => head.status.as_u16().to_string(),
            (Cause::TimedOut(_), _) => "timeout".to_owned(),
            (Cause::Transport(error), _) if error.is_timeout() => "timeout".to_owned(),
            (Cause::Deadline, _) => "deadline".to_owned(),
            (Cause::TooLarge(_), _) => "too large".to_owned(),
            (Cause::Replaced, _) => "redirect".to_owned(),
            (Cause::Transport(_) | Cause::Refused, _) => "connection".to_owned(),
        }
    }

    /// The server's time, if it sent one.
    pub(super) fn date(&self) -> Option<Timestamp> {
        crate::retry::date(&self.head.as_ref()?.headers)
    }

    pub(super) fn hints(&self, now: Timestamp) -> ServerHints {
        match (&self.cause, &self.head) {
            (Cause::Refused, Some(head)) => {
                ServerHints::read(&head.headers, head.status.as_u16(), now)
            }
            _ => ServerHints::default(),
        }
    }

    pub(super) fn into_error(self, deadline: Deadline) -> Error {
        let error = match self.cause {
            Cause::Refused => match self.head {
                Some(head) => {
                    let status = head.status;
                    let error = Error::from_response(status.as_u16(), head.headers, &head.body);
                    return match status.as_u16() {
                        301..=303 if self.is_write => error.with_note(REPLACED),
                        300..=399 => {
                            error.with_note("a redirect to another origin is not followed")
                        }
                        _ => error,
                    };
                }
                None => Error::new(ErrorKind::Internal, "a refusal without an answer"),
            },
            Cause::Replaced => Error::new(ErrorKind::ResponseValidation, REPLACED),
            Cause::Transport(error) => {
                let timed_out = error.is_timeout();
                let kind = if timed_out { ErrorKind::Timeout } else { ErrorKind::Connection };
                Error::new(kind, error.to_string()).with_source(error)
            }
            Cause::TimedOut(limit) => {
                let limit = HumanDuration(limit);
                Error::new(
                    ErrorKind::Timeout,
                    format!("no complete answer within the timeout of {limit}"),
                )
            }
            Cause::Deadline => deadline.error(),
            Cause::TooLarge(max) => Error::new(
                ErrorKind::ResponseValidation,
                format!("the answer is larger than {max} bytes; raise max_response_bytes"),
            ),
        };
        match self.head {
            Some(head) => error.with_answer(head.status.as_u16(), head.headers, &head.body),
            None => error,
        }
    }
}
