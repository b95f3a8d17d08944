//! The library's threads: calls never run on the caller's thread, and a panic becomes an error.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinError, JoinHandle};
use vitable_groups as core;

use crate::cancel::NativeCancelToken;
use crate::error::NativeError;

/// More would not help: calls spend their time waiting for the network.
const WORKERS: usize = 4;

fn runtime() -> Result<&'static Runtime, NativeError> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    RUNTIME.get_or_init(build).as_ref().ok_or_else(|| {
        NativeError::internal("the operating system could not start the worker threads")
    })
}

fn build() -> Option<Runtime> {
    static NUMBER: AtomicUsize = AtomicUsize::new(1);
    // Tests need the messages of their panics.
    if !cfg!(test) {
        core::binding::hide_panic_messages();
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, WORKERS))
        .thread_name_fn(|| format!("vitable-groups-{}", NUMBER.fetch_add(1, Ordering::Relaxed)))
        .enable_io()
        .enable_time()
        .build()
        .ok()
}

/// Aborts its task when dropped.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

/// Runs a call on the library's threads until it completes, the token is canceled, or the returned
/// future is dropped. The latter two drop the call, which closes its connection.
pub(crate) async fn run<T: Send + 'static>(
    cancel: Option<Arc<NativeCancelToken>>,
    call: impl Future<Output = Result<T, core::Error>> + Send + 'static,
) -> Result<T, NativeError> {
    let task = async move {
        match cancel {
            Some(cancel) => cancel.run_until_cancelled(call).await,
            None => call.await.map_err(NativeError::from),
        }
    };
    match AbortOnDrop(runtime()?.spawn(task)).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => {
            // The panic message could contain member data.
            Err(NativeError::internal("the call panicked; this is a bug in the library"))
        }
        Err(_) => Err(NativeError::cancelled()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_panic_becomes_an_error_without_its_message() {
        let result = block_on(run(None, async {
            let empty: [u8; 0] = [];
            let index = std::hint::black_box(3);
            Ok(empty[index])
        }));
        let error = result.unwrap_err().details();
        assert_eq!(error.kind, ErrorKind::Internal);
        assert!(!error.text.contains("index"), "{}", error.text);
    }

    #[test]
    fn calls_run_on_named_threads() {
        let name = block_on(run(None, async {
            Ok(std::thread::current().name().map(str::to_owned).unwrap_or_default())
        }));
        assert!(name.unwrap().starts_with("vitable-groups-"));
    }

    #[test]
    fn canceling_drops_the_call() {
        let (dropped, is_dropped) = std::sync::mpsc::channel::<()>();
        let token = NativeCancelToken::new().unwrap();
        token.cancel().unwrap();
        let result = block_on(run(Some(token), async move {
            let _held = dropped;
            std::future::pending::<Result<(), core::Error>>().await
        }));
        assert_eq!(result.unwrap_err().details().kind, ErrorKind::Aborted);
        assert!(is_dropped.recv().is_err(), "the call was not dropped");
    }

    #[test]
    fn dropping_the_future_drops_the_call() {
        let (started, is_started) = std::sync::mpsc::channel::<()>();
        let call = run(None, async move {
            started.send(()).unwrap();
            std::future::pending::<Result<(), core::Error>>().await
        });
        let mut call = Box::pin(call);
        block_on(std::future::poll_fn(|context| {
            assert!(call.as_mut().poll(context).is_pending());
            Poll::Ready(())
        }));
        is_started.recv().unwrap();
        drop(call);
        assert!(is_started.recv().is_err(), "the call was not dropped");
    }
}
