//! Connections, with a hand on the socket: a fault may end one in ways HTTP has no words for.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tower_service::Service as _;

use super::router::router;
use crate::fault::Ending;
use crate::lock::lock;
use crate::world::World;

/// Serves until told to stop, then closes every connection.
pub(crate) async fn serve(
    listener: TcpListener,
    world: Arc<World>,
    mut stop: oneshot::Receiver<()>,
) {
    let router = router(world);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone()));
                }
                // Out of file handles, most likely: others may be given back meanwhile.
                Err(_) => pause().await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    connections.shutdown().await;
}

#[expect(clippy::disallowed_methods, reason = "the machine's resources follow real time")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// The service gave the connection up; what is to happen to it stands beside.
#[derive(Debug, thiserror::Error)]
#[error("the connection is ended by a fault")]
struct GivenUp;

async fn connection(stream: TcpStream, router: axum::Router) {
    // Without it small answers wait for the client's acknowledgements; nothing else is lost.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let ending = Arc::new(Mutex::new(None));
    let service = service_fn(|request| {
        let answer = router.clone().call(request);
        let ending = Arc::clone(&ending);
        async move {
            let Ok(mut response) = answer.await;
            match response.extensions_mut().remove::<Ending>() {
                Some(end) => {
                    *lock(&ending) = Some(end);
                    Err(GivenUp)
                }
                None => Ok(response),
            }
        }
    });
    // Errors are those of clients that went away, or our own.
    let _ = http1::Builder::new().serve_connection(Tap(Arc::clone(&stream)), service).await;
    let end = lock(&ending).take();
    if let Some(Ending::Raw(bytes)) = end {
        write_all(&stream, bytes).await;
    }
}

async fn write_all(stream: &TcpStream, mut bytes: Bytes) {
    while !bytes.is_empty() && stream.writable().await.is_ok() {
        match stream.try_write(&bytes) {
            Ok(0) => return,
            Ok(written) => {
                let _ = bytes.split_to(written);
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// The socket as hyper sees it; it stays open when hyper lets go.
struct Tap(Arc<TcpStream>);

impl Read for Tap {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let mut chunk = [0; 8192];
        let length = chunk.len().min(buffer.remaining());
        loop {
            ready!(self.0.poll_read_ready(context))?;
            let Some(room) = chunk.get_mut(..length) else { return Poll::Ready(Ok(())) };
            match self.0.try_read(room) {
                Ok(read) => {
                    buffer.put_slice(room.get(..read).unwrap_or_default());
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl Write for Tap {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.poll_write_ready(context))?;
            match self.0.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// The socket is closed when the last hand lets go of it.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
