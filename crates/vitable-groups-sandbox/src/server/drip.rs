//! A body that is sent byte by byte, to test timeouts that bound the body too.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::time::Sleep;

pub(super) struct Drip {
    rest: Bytes,
    pause: Duration,
    waiting: Pin<Box<Sleep>>,
}

impl Drip {
    pub(super) fn new(body: Bytes, pause: Duration) -> Self {
        Self { rest: body, pause, waiting: sleep(pause) }
    }
}

#[expect(clippy::disallowed_methods, reason = "injected delays are real, so that timeouts expire")]
fn sleep(pause: Duration) -> Pin<Box<Sleep>> {
    Box::pin(tokio::time::sleep(pause))
}

impl HttpBody for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.waiting.as_mut().poll(context));
        self.waiting = sleep(self.pause);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(1)))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}
