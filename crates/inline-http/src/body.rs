//! The body of a response, read from its connection.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use hyper::body::{Body as _, Incoming};

use crate::connection::Connection;
use crate::error::{Error, MALFORMED};
use crate::pool::OriginPool;
use crate::reactor::poll_step;
use crate::socket::ReadMode;

/// How many chunks of a body are not counted as steps: most bodies have fewer.
const FREE_CHUNKS: u32 = 16;

/// A body as it arrives. Reading it to the end returns the connection to its pool; dropping it earlier
/// closes the connection.
pub(crate) struct Body {
    connection: Option<Connection>,
    origin: Arc<OriginPool>,
    incoming: Incoming,
    /// How many more chunks are not counted.
    free: u32,
}

impl Body {
    pub(crate) fn new(connection: Connection, incoming: Incoming, origin: Arc<OriginPool>) -> Self {
        Self { connection: Some(connection), origin, incoming, free: FREE_CHUNKS }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Self { connection, origin, incoming, free } = self.get_mut();
        loop {
            let Some(open) = connection else { return Poll::Ready(None) };
            match free.checked_sub(1) {
                Some(left) => *free = left,
                None => ready!(poll_step(cx)),
            }
            let frame = open.poll_until(cx, |cx| Pin::new(&mut *incoming).poll_frame(cx));
            match ready!(frame) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(chunk) => return Poll::Ready(Some(Ok(chunk))),
                    // Trailers.
                    Err(_) => continue,
                },
                Some(Err(error)) => {
                    *connection = None;
                    let error = Error::connection_lost(MALFORMED).with_source(error);
                    return Poll::Ready(Some(Err(error)));
                }
                None => {}
            }
            if let Some(mut read) = connection.take() {
                read.poll_driver(ReadMode::Skip, cx);
                if read.is_open() {
                    origin.keep(read);
                }
            }
            return Poll::Ready(None);
        }
    }
}
