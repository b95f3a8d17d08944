//! Connections with access to the raw socket: faults can break HTTP in ways that hyper cannot
//! express.

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

use super::inject::Ending;
use super::router::router;
use crate::lock::lock;
use crate::server_state::ServerState;

/// Serves until `stop` is signaled, then closes every connection.
pub(crate) async fn serve(
    listener: TcpListener,
    state: Arc<ServerState>,
    mut stop: oneshot::Receiver<()>,
) {
    let router = router(state);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone()));
                }
                // Most likely out of file handles; some may become free meanwhile.
                Err(_) => pause().await,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
    connections.shutdown().await;
}

#[expect(clippy::disallowed_methods, reason = "system resources are freed in real time")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

/// A fault ends the connection; `Ending` says how.
#[derive(Debug, thiserror::Error)]
#[error("the connection is ended by a fault")]
struct Aborted;

async fn connection(stream: TcpStream, router: axum::Router) {
    // Without it, small responses wait for the client's acknowledgements.
    let _ = stream.set_nodelay(true);
    let stream = Arc::new(stream);
    let ending = Arc::new(Mutex::new(None));
    let service = service_fn(|request| {
        let response = router.clone().call(request);
        let ending = Arc::clone(&ending);
        async move {
            let Ok(mut response) = response.await;
            match response.extensions_mut().remove::<Ending>() {
                Some(end) => {
                    *lock(&ending) = Some(end);
                    Err(Aborted)
                }
                None => Ok(response),
            }
        }
    });
    // Errors come from clients that disconnected, or from a fault.
    let _ =
        http1::Builder::new().serve_connection(SharedSocket(Arc::clone(&stream)), service).await;
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

/// The socket that hyper uses; it stays open when hyper drops its handle.
struct SharedSocket(Arc<TcpStream>);

impl Read for SharedSocket {
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

impl Write for SharedSocket {
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

    /// The socket is closed when its last handle is dropped.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
