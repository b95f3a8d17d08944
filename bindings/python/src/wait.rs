//! Waiting for a sync; every poll is reported to the caller's progress callback.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tokio::sync::oneshot;
use vitable_groups::PollPolicy;
use vitable_groups::{
    Apply, DEFAULT_WAIT_DEADLINE, Error, ErrorKind, RequestOptions, SubmitAndWait, SyncProgress,
    Wait,
};

use crate::bridge;
use crate::config::{get, object, seconds};

use crate::options::request_options;
use crate::outcome::{JobError, Outcome, Output};

/// Wait options: `deadline` (missing: 10 minutes, None: no limit), `poll_interval` (missing: the
/// core's schedule), `on_progress`, `is_async`.
pub(crate) struct WaitOptions {
    deadline: Option<Duration>,
    poll: PollPolicy,
    callback: Option<Py<PyAny>>,
    is_async: bool,
    options: RequestOptions,
}

/// Receives an exception of the callback, which aborts the wait.
type Raised = oneshot::Receiver<PyErr>;

impl WaitOptions {
    pub(crate) fn read(
        given: &Bound<'_, PyDict>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let deadline = match given.get_item("deadline")? {
            None => Some(DEFAULT_WAIT_DEADLINE),
            Some(value) if value.is_none() => None,
            Some(value) => Some(seconds(value.extract()?)),
        };
        let interval: Option<f64> = get(given, "poll_interval")?;
        Ok(Self {
            deadline,
            poll: interval.map(seconds).map_or_else(PollPolicy::default, PollPolicy::every),
            callback: object(given, "on_progress")?,
            is_async: get(given, "is_async")?.unwrap_or_default(),
            options: request_options(options)?,
        })
    }

    pub(crate) async fn wait(mut self, wait: Wait) -> Outcome {
        let (notify, raised) = self.callback();
        let wait = wait.deadline(self.deadline).poll(self.poll).options(self.options);
        abort_on_exception(async move { wait.on_progress(notify).await }, raised).await
    }

    pub(crate) async fn submit(mut self, submit: SubmitAndWait) -> Outcome {
        let (notify, raised) = self.callback();
        let submit = submit.deadline(self.deadline).poll(self.poll).options(self.options);
        abort_on_exception(async move { submit.on_progress(notify).await }, raised).await
    }

    pub(crate) async fn apply(mut self, apply: Apply) -> Outcome {
        let (notify, raised) = self.callback();
        let apply = apply.deadline(self.deadline).poll(self.poll).options(self.options);
        let apply = async move { apply.on_progress(notify).await };
        tokio::select! {
            biased;
            Ok(error) = raised => Err(JobError::Python(error)),
            applied = apply => Output::applied(applied?),
        }
    }

    fn callback(&mut self) -> (impl FnMut(SyncProgress) + Send + 'static, Raised) {
        let (sender, raised) = oneshot::channel();
        let sender = Arc::new(Mutex::new(Some(sender)));
        let callback = self.callback.take().map(Arc::new);
        let is_async = self.is_async;
        let notify = move |progress: SyncProgress| {
            let Some(callback) = callback.clone() else { return };
            let sender = Arc::clone(&sender);
            let work = move |py: Python<'_>| {
                if let Err(error) = call(py, &callback, &progress)
                    && let Some(sender) =
                        sender.lock().unwrap_or_else(PoisonError::into_inner).take()
                {
                    let _ = sender.send(error);
                }
                Ok(())
            };
            if is_async {
                bridge::push(work);
            } else {
                let _ = Python::attach(work);
            }
        };
        (notify, raised)
    }
}

fn call(py: Python<'_>, callback: &Py<PyAny>, progress: &SyncProgress) -> PyResult<()> {
    let state = progress.state.as_ref().and_then(|state| serde_json::to_vec(state).ok());
    let arguments = (
        &progress.handle.group_id,
        &progress.handle.request_id,
        progress.polls,
        progress.elapsed.as_secs_f64(),
        state,
        progress.last_error.map(ErrorKind::code),
    );
    py.import("vitable_groups._wait")?.call_method1("notify", (callback, arguments)).map(drop)
}

async fn abort_on_exception(
    wait: impl Future<Output = Result<vitable_groups::model::SyncState, Error>>,
    raised: Raised,
) -> Outcome {
    tokio::select! {
        biased;
        Ok(error) = raised => Err(JobError::Python(error)),
        state = wait => Output::json(&state?),
    }
}
