//! Waiting for a sync, with the caller's callback told of each look.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tokio::sync::oneshot;
use vitable_groups::PollPolicy;
use vitable_groups::{
    Apply, DEFAULT_WAIT_DEADLINE, Error, ErrorKind, Progress, RequestOptions, SubmitAndWait, Wait,
};

use crate::bridge;
use crate::config::{get, object, seconds};
use crate::job::{Fault, Outcome, Output};
use crate::options::request_options;

/// `deadline` (missing: 10 minutes, None: none), `poll_interval` (missing: growing),
/// `on_progress`, `is_async`.
pub(crate) struct Waiting {
    deadline: Option<Duration>,
    poll: PollPolicy,
    callback: Option<Py<PyAny>>,
    is_async: bool,
    options: RequestOptions,
}

/// What the callback raised ends the wait.
type Raised = oneshot::Receiver<PyErr>;

impl Waiting {
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
        let (tell, raised) = self.teller();
        let wait = wait.deadline(self.deadline).poll(self.poll).options(self.options);
        watch(async move { wait.on_progress(tell).await }, raised).await
    }

    pub(crate) async fn submit(mut self, submit: SubmitAndWait) -> Outcome {
        let (tell, raised) = self.teller();
        let submit = submit.deadline(self.deadline).poll(self.poll).options(self.options);
        watch(async move { submit.on_progress(tell).await }, raised).await
    }

    pub(crate) async fn apply(mut self, apply: Apply) -> Outcome {
        let (tell, raised) = self.teller();
        let apply = apply.deadline(self.deadline).poll(self.poll).options(self.options);
        let apply = async move { apply.on_progress(tell).await };
        tokio::select! {
            biased;
            Ok(error) = raised => Err(Fault::Python(error)),
            applied = apply => Output::applied(applied?),
        }
    }

    fn teller(&mut self) -> (impl FnMut(Progress) + Send + 'static, Raised) {
        let (sender, raised) = oneshot::channel();
        let sender = Arc::new(Mutex::new(Some(sender)));
        let callback = self.callback.take().map(Arc::new);
        let is_async = self.is_async;
        let tell = move |progress: Progress| {
            let Some(callback) = callback.clone() else { return };
            let sender = Arc::clone(&sender);
            let work = move |py: Python<'_>| {
                if let Err(error) = told(py, &callback, &progress)
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
        (tell, raised)
    }
}

fn told(py: Python<'_>, callback: &Py<PyAny>, progress: &Progress) -> PyResult<()> {
    let state = progress.state.as_ref().and_then(|state| serde_json::to_vec(state).ok());
    let facts = (
        &progress.handle.group_id,
        &progress.handle.request_id,
        progress.polls,
        progress.elapsed.as_secs_f64(),
        state,
        progress.last_error.map(ErrorKind::code),
    );
    py.import("vitable_groups._waiting")?.call_method1("tell", (callback, facts)).map(drop)
}

async fn watch(
    wait: impl Future<Output = Result<vitable_groups::model::SyncState, Error>>,
    raised: Raised,
) -> Outcome {
    tokio::select! {
        biased;
        Ok(error) = raised => Err(Fault::Python(error)),
        state = wait => Output::json(&state?),
    }
}
