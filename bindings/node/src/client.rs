//! The client: calls by the name of an operation, and operations of several calls.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::ClassInstance;
use napi_derive::napi;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::{Client, RequestOptions, SyncHandle, operation};

use crate::cancel::CancelToken;
use crate::completion_queue::{CompletionQueue, Queue};
use crate::config::{Config, Hooks, thrown};
use crate::log::forward_to;
use crate::log_sink::Sink;
use crate::native_response::NativeResponse;
use crate::options::{CallOptions, milliseconds};
use crate::pages::{NativePageSummary, NativeSeenIds, Pager};
use crate::progress::{ProgressFn, ProgressListener};
use crate::request::{Body, bytes_of, invalid, name_of, prepare};
use crate::roster::{NativeRoster, outcome_value, parse, report_value};
use crate::scope::{self, Scope};
use crate::slab::Slab;

/// The core's client.
#[napi(js_name = "Client")]
pub struct NativeClient {
    inner: Arc<Inner>,
    slot: u32,
}

struct Inner {
    core: Client,
    log: Option<Sink>,
    queue: Arc<Queue>,
}

thread_local! {
    static CLIENTS: RefCell<Slab<Arc<Inner>>> = const { RefCell::new(Slab::new()) };
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        CLIENTS.try_with(|clients| clients.borrow_mut().remove(self.slot)).unwrap_or_default();
    }
}

/// What JavaScript passes along with a call, besides its request.
#[napi(object, object_to_js = false)]
pub struct StartOptions<'a> {
    /// The id of the call's context in JavaScript.
    pub context: Option<u32>,
    /// Cancels the call.
    pub cancel: Option<ClassInstance<'a, CancelToken>>,
}

#[napi]
impl NativeClient {
    /// Creates a client from settings in JSON, whose results go to a queue. Throws the structured error
    /// as its message.
    #[napi(constructor, catch_unwind)]
    pub fn new(config: String, hooks: Hooks, queue: &CompletionQueue) -> Result<Self> {
        Self::build(Client::builder(), None, Arc::clone(&queue.queue), &config, hooks)
    }

    /// Creates a client that inherits the settings of this one.
    #[napi(catch_unwind)]
    pub fn derive(&self, config: String, hooks: Hooks) -> Result<Self> {
        let (log, queue) = (self.inner.log.clone(), Arc::clone(&self.inner.queue));
        Self::build(self.inner.core.derive(), log, queue, &config, hooks)
    }

    fn build(
        builder: vitable_groups::ClientBuilder,
        inherited: Option<Sink>,
        queue: Arc<Queue>,
        config: &str,
        mut hooks: Hooks,
    ) -> Result<Self> {
        let config = Config::read(config)?;
        let log = match hooks.log.take() {
            Some(log) => forward_to(config.log_level.as_deref(), log),
            None => inherited,
        };
        let core = config.apply(builder, hooks)?.build().map_err(thrown)?;
        let inner = Arc::new(Inner { core, log, queue });
        let slot = CLIENTS.with_borrow_mut(|clients| clients.insert(Arc::clone(&inner)));
        Ok(Self { inner, slot })
    }

    /// Replaces the key for calls that start from now on.
    #[napi(catch_unwind)]
    pub fn set_api_key(&self, key: String) -> Result<()> {
        self.inner.core.set_api_key(key).map_err(thrown)
    }

    /// The base URL of the API.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> String {
        self.inner.core.base_url().to_string()
    }

    /// Closes the client and all that share its connections.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.inner.core.close();
    }

    /// Whether the client is closed.
    #[napi(getter, catch_unwind)]
    pub fn closed(&self) -> bool {
        self.inner.core.is_closed()
    }

    /// The slot that [`call`] takes.
    #[napi(getter, catch_unwind)]
    pub fn slot(&self) -> u32 {
        self.slot
    }

    /// The instant that is this many milliseconds from now, as JSON. Calls may share it.
    #[napi(catch_unwind)]
    pub fn deadline(&self, limit: f64) -> Result<String> {
        let options = RequestOptions::new().deadline(milliseconds(limit));
        let deadline = self.inner.core.deadline(&options);
        serde_json::to_string(&deadline)
            .map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// Iterates over the pages after a page of a list, fetching up to `prefetch` pages ahead.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // the call, and the page to continue after
    pub fn pages(
        &self,
        target: String,
        options: Option<String>,
        body: Option<Body>,
        after: NativePageSummary,
        prefetch: i64,
        seen: Option<&NativeSeenIds>,
        start: Option<StartOptions<'_>>,
    ) -> Result<Pager> {
        let options = CallOptions::read(options.as_deref())?.without_page();
        let call = prepare(&target, &[], options, body).map_err(thrown)?;
        let name = name_of(operation::find(&target), &target);
        let (scope, cancel) = self.inner.scope_of(name, start);
        let list = self.inner.core.list_of(call);
        let context = (scope, Arc::clone(&self.inner.queue));
        Ok(Pager::new(list, after, prefetch, seen, cancel.unwrap_or_default(), context))
    }

    /// Waits until a sync request is completed. With a body, submits it first.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // both waits are one entry point
    pub fn wait(
        &self,
        call_id: u32,
        group_id: String,
        request_id: Option<String>,
        body: Option<Body>,
        options: Option<String>,
        on_progress: Option<ProgressFn>,
        start: Option<StartOptions<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?;
        let poll = options.poll();
        let options = options.into_core();
        let deadline = options.deadline;
        let sync = self.inner.core.groups().members().sync();
        let listener = ProgressListener::new(on_progress);
        let callback = listener.callback();
        self.inner.spawn(call_id, "groups.members.sync.wait", start, async move {
            macro_rules! wait_with {
                ($wait:expr) => {{
                    let mut wait = $wait.options(options).poll(poll).on_progress(callback);
                    if !deadline.is_absent() {
                        wait = wait.deadline(deadline.into_value());
                    }
                    wait.await
                }};
            }
            let result = match (body, request_id) {
                (Some(body), _) => wait_with!(sync.submit_json_and_wait(group_id, bytes_of(body))),
                (None, Some(request_id)) => {
                    wait_with!(sync.wait(SyncHandle::new(group_id, request_id)))
                }
                (None, None) => Err(invalid("a wait needs a request id or a body")),
            };
            listener.flush().await;
            NativeResponse::value(result.map(|state| json!({ "data": state })))
        });
        Ok(())
    }

    /// Syncs a group to a roster. Checks and guard are JSON text.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // the core's builder, as one call
    pub fn apply(
        &self,
        call_id: u32,
        group_id: String,
        roster: &NativeRoster,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        guard: String,
        checks: Option<String>,
        options: Option<String>,
        on_progress: Option<ProgressFn>,
        start: Option<StartOptions<'_>>,
    ) -> Result<()> {
        let sync = self.inner.core.groups().members().sync();
        let mut apply = sync.apply(group_id, Arc::clone(&roster.0)).guard(parse(&guard)?);
        if let Some(previous) = previous {
            apply = apply.previous(Arc::clone(&previous.0));
        }
        if first_sync {
            apply = apply.first_sync();
        }
        if let Some(checks) = checks {
            apply = apply.checks(parse(&checks)?);
        }
        let options = CallOptions::read(options.as_deref())?;
        let mut apply = apply.poll(options.poll());
        let options = options.into_core();
        if !options.deadline.is_absent() {
            apply = apply.deadline(options.deadline.into_value());
        }
        let listener = ProgressListener::new(on_progress);
        let apply = apply.options(options).on_progress(listener.callback());
        self.inner.spawn(call_id, "groups.members.sync.apply", start, async move {
            let result = apply.await;
            listener.flush().await;
            NativeResponse::value(result.map(|applied| {
                json!({
                    "state": applied.state,
                    "outcome": outcome_value(&applied.outcome),
                    "report": report_value(&applied.report),
                })
            }))
        });
        Ok(())
    }

    /// Finds a group by its reference ID; null if there is none.
    #[napi(catch_unwind)]
    pub fn find_group(
        &self,
        call_id: u32,
        reference: String,
        options: Option<String>,
        start: Option<StartOptions<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?.into_core();
        let groups = self.inner.core.groups();
        self.inner.spawn(call_id, "groups.find_by_external_reference_id", start, async move {
            let found = groups.find_with(&reference, options).await;
            NativeResponse::value(found.map(|group| json!({ "data": group })))
        });
        Ok(())
    }

    /// Finds a group by its reference ID, or creates it.
    #[napi(catch_unwind)]
    pub fn get_or_create(
        &self,
        call_id: u32,
        reference: String,
        name: String,
        options: Option<String>,
        start: Option<StartOptions<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?.into_core();
        let groups = self.inner.core.groups();
        self.inner.spawn(call_id, "groups.get_or_create", start, async move {
            let params = GroupCreateParams::new(reference, name);
            let result = groups.get_or_create_with(params, options).await;
            let result =
                result.map(|(group, created)| json!({ "data": group, "created": created }));
            NativeResponse::value(result)
        });
        Ok(())
    }
}

/// Calls an operation by its name, or a path by `METHOD /path`. The result goes to the client's queue
/// under the call's id, as do those of the client's methods. A function, as calling a method costs
/// several times as much.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)] // cheaper to pass than an object
#[allow(dead_code)] // in tests, nothing is exported
pub fn call(
    client: u32,
    call_id: u32,
    target: String,
    path_params: Option<Vec<String>>,
    options: Option<String>,
    body: Option<Body>,
    start: Option<StartOptions<'_>>,
) -> Result<()> {
    let client = CLIENTS.with_borrow(|clients| clients.get(client));
    let Some(client) = client else { return Err(thrown(invalid("there is no such client"))) };
    let known = operation::find(&target);
    let prepared = prepare(
        &target,
        &path_params.unwrap_or_default(),
        CallOptions::read(options.as_deref())?,
        body,
    );
    let core = client.core.clone();
    let name = name_of(known, &target);
    client.spawn(call_id, name.clone(), start, async move {
        let result = match prepared {
            Ok(call) => core.execute(call).await,
            Err(error) => Err(error),
        };
        NativeResponse::of(result, known.is_some(), &name)
    });
    Ok(())
}

impl Inner {
    fn scope_of(
        &self,
        operation: Cow<'static, str>,
        start: Option<StartOptions<'_>>,
    ) -> (Scope, Option<CancellationToken>) {
        let cancel = start.as_ref().and_then(|start| Some(start.cancel.as_ref()?.0.clone()));
        let context = start.and_then(|start| start.context).unwrap_or_default();
        (Scope { context, operation, log: self.log.clone() }, cancel)
    }

    /// Runs a call until it completes or is canceled.
    fn spawn(
        &self,
        call_id: u32,
        operation: impl Into<Cow<'static, str>>,
        start: Option<StartOptions<'_>>,
        work: impl Future<Output = NativeResponse> + Send + 'static,
    ) {
        let (scope, cancel) = self.scope_of(operation.into(), start);
        // Boxed, as the future is large and moved several times.
        let work = scope::within(scope, Box::pin(work));
        match cancel {
            Some(cancel) => self.queue.start(call_id, async move {
                let response = cancel.run_until_cancelled_owned(work).await;
                Some(response.unwrap_or_else(NativeResponse::aborted))
            }),
            None => self.queue.start(call_id, async move { Some(work.await) }),
        }
    }
}
