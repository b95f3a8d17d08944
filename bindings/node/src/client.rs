//! The client: calls by the name of an operation, and what the core makes of several calls.

use std::borrow::Cow;
use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use napi::Result;
use napi::bindgen_prelude::{Buffer, ClassInstance, Either};
use napi_derive::napi;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use vitable_groups::model::GroupCreateParams;
use vitable_groups::operation::Operation;
use vitable_groups::{Call, Client, Error, ErrorKind, RequestOptions, SyncHandle, operation};

use crate::cancel::CancelToken;
use crate::config::{Config, Hooks, thrown};
use crate::log::Sink;
use crate::numbered::Numbered;
use crate::options::{CallOptions, milliseconds};
use crate::pages::{NativeSeenIds, Pager, Place};
use crate::port::{Calls, Port};
use crate::progress::{Listener, ProgressFn};
use crate::reply::Reply;
use crate::roster::{NativeRoster, given, outcome_value, report_value};
use crate::scope::{self, Scope};

/// JSON text or bytes.
type Body = Either<String, Buffer>;

/// The core's client.
#[napi(js_name = "Client")]
pub struct NativeClient {
    inner: Arc<Inner>,
    number: u32,
}

struct Inner {
    core: Client,
    log: Option<Sink>,
    port: Arc<Calls>,
}

thread_local! {
    static CLIENTS: RefCell<Numbered<Arc<Inner>>> = const { RefCell::new(Numbered::new()) };
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        CLIENTS.try_with(|clients| clients.borrow_mut().remove(self.number)).unwrap_or_default();
    }
}

/// How a call is started, beyond what it asks for.
#[napi(object, object_to_js = false)]
pub struct Start<'a> {
    /// The number under which JavaScript keeps what belongs to the call.
    pub id: Option<u32>,
    /// Gives the call up.
    pub cancel: Option<ClassInstance<'a, CancelToken>>,
}

#[napi]
impl NativeClient {
    /// Makes a client of settings as JSON text, whose calls end at a port. Throws the structured
    /// error as its message.
    #[napi(constructor, catch_unwind)]
    pub fn new(config: String, hooks: Hooks, port: &Port) -> Result<Self> {
        Self::make(Client::builder(), None, Arc::clone(&port.calls), &config, hooks)
    }

    /// Makes a client that starts from this one's settings.
    #[napi(catch_unwind)]
    pub fn derive(&self, config: String, hooks: Hooks) -> Result<Self> {
        let (log, port) = (self.inner.log.clone(), Arc::clone(&self.inner.port));
        Self::make(self.inner.core.derive(), log, port, &config, hooks)
    }

    fn make(
        builder: vitable_groups::ClientBuilder,
        inherited: Option<Sink>,
        port: Arc<Calls>,
        config: &str,
        mut hooks: Hooks,
    ) -> Result<Self> {
        let config = Config::read(config)?;
        let log = match hooks.log.take() {
            Some(log) => Sink::new(config.log_level.as_deref(), log),
            None => inherited,
        };
        let core = config.apply(builder, hooks)?.build().map_err(thrown)?;
        let inner = Arc::new(Inner { core, log, port });
        let number = CLIENTS.with_borrow_mut(|clients| clients.add(Arc::clone(&inner)));
        Ok(Self { inner, number })
    }

    /// Replaces the key for the calls that start from now on.
    #[napi(catch_unwind)]
    pub fn set_api_key(&self, key: String) -> Result<()> {
        self.inner.core.set_api_key(key).map_err(thrown)
    }

    /// Where the API is.
    #[napi(getter, catch_unwind)]
    pub fn base_url(&self) -> String {
        self.inner.core.base_url().to_string()
    }

    /// Ends the client and all derived from the same one.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.inner.core.close();
    }

    /// Whether it was closed.
    #[napi(getter, catch_unwind)]
    pub fn closed(&self) -> bool {
        self.inner.core.is_closed()
    }

    /// The number by which [`call`] knows it.
    #[napi(getter, catch_unwind)]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The moment that is this many milliseconds from now, as JSON; calls may share it.
    #[napi(catch_unwind)]
    pub fn deadline(&self, limit: f64) -> Result<String> {
        let options = RequestOptions::new().deadline(milliseconds(limit));
        let deadline = self.inner.core.deadline(&options);
        serde_json::to_string(&deadline)
            .map_err(|error| napi::Error::from_reason(error.to_string()))
    }

    /// The pages that follow a page of a list; `prefetch` of them at the same time.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // the call, and where the walk begins
    pub fn pages(
        &self,
        target: String,
        options: Option<String>,
        body: Option<Body>,
        after: Place,
        prefetch: i64,
        seen: Option<&NativeSeenIds>,
        start: Option<Start<'_>>,
    ) -> Result<Pager> {
        let options = CallOptions::read(options.as_deref())?.without_page();
        let call = prepare(&target, &[], options, body).map_err(thrown)?;
        let (scope, cancel) = self.inner.started(name_of(operation::find(&target), &target), start);
        let list = self.inner.core.list_of(call);
        let way = (scope, Arc::clone(&self.inner.port));
        Ok(Pager::new(list, after, prefetch, seen, cancel.unwrap_or_default(), way))
    }

    /// Waits until a sync request is done. With a body, submits it first.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // both waits are one entry point
    pub fn wait(
        &self,
        call: u32,
        group_id: String,
        request_id: Option<String>,
        body: Option<Body>,
        options: Option<String>,
        progress: Option<ProgressFn>,
        start: Option<Start<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?;
        let poll = options.poll();
        let options = options.into_core();
        let deadline = options.deadline;
        let sync = self.inner.core.groups().members().sync();
        let listener = Listener::new(progress);
        let tell = listener.teller();
        self.inner.spawn(call, "groups.members.sync.wait", start, async move {
            macro_rules! wait_with {
                ($wait:expr) => {{
                    let mut wait = $wait.options(options).poll(poll).on_progress(tell);
                    if !deadline.is_absent() {
                        wait = wait.deadline(deadline.into_value());
                    }
                    wait.await
                }};
            }
            let outcome = match (body, request_id) {
                (Some(body), _) => wait_with!(sync.submit_json_and_wait(group_id, bytes_of(body))),
                (None, Some(request_id)) => {
                    wait_with!(sync.wait(SyncHandle::new(group_id, request_id)))
                }
                (None, None) => Err(invalid("a wait takes a request id or a body")),
            };
            listener.heard().await;
            Reply::value(outcome.map(|state| json!({ "data": state })))
        });
        Ok(())
    }

    /// Makes a group look like a roster; checks and guard are JSON text.
    #[napi(catch_unwind)]
    #[allow(clippy::too_many_arguments)] // the core's builder, as one call
    pub fn apply(
        &self,
        call: u32,
        group_id: String,
        roster: &NativeRoster,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        guard: String,
        checks: Option<String>,
        options: Option<String>,
        progress: Option<ProgressFn>,
        start: Option<Start<'_>>,
    ) -> Result<()> {
        let sync = self.inner.core.groups().members().sync();
        let mut apply = sync.apply(group_id, Arc::clone(&roster.0)).guard(given(&guard)?);
        if let Some(previous) = previous {
            apply = apply.previous(Arc::clone(&previous.0));
        }
        if first_sync {
            apply = apply.first_sync();
        }
        if let Some(checks) = checks {
            apply = apply.checks(given(&checks)?);
        }
        let options = CallOptions::read(options.as_deref())?;
        let mut apply = apply.poll(options.poll());
        let options = options.into_core();
        if !options.deadline.is_absent() {
            apply = apply.deadline(options.deadline.into_value());
        }
        let listener = Listener::new(progress);
        let apply = apply.options(options).on_progress(listener.teller());
        self.inner.spawn(call, "groups.members.sync.apply", start, async move {
            let outcome = apply.await;
            listener.heard().await;
            Reply::value(outcome.map(|done| {
                let (outcome, report) = (outcome_value(&done.outcome), report_value(&done.report));
                json!({ "state": done.state, "outcome": outcome, "report": report })
            }))
        });
        Ok(())
    }

    /// The group of a reference, or null.
    #[napi(catch_unwind)]
    pub fn find_group(
        &self,
        call: u32,
        reference: String,
        options: Option<String>,
        start: Option<Start<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?.into_core();
        let groups = self.inner.core.groups();
        self.inner.spawn(call, "groups.find_by_external_reference_id", start, async move {
            let found = groups.find_with(&reference, options).await;
            Reply::value(found.map(|group| json!({ "data": group })))
        });
        Ok(())
    }

    /// The group of a reference, made if there is none.
    #[napi(catch_unwind)]
    pub fn get_or_create(
        &self,
        call: u32,
        reference: String,
        name: String,
        options: Option<String>,
        start: Option<Start<'_>>,
    ) -> Result<()> {
        let options = CallOptions::read(options.as_deref())?.into_core();
        let groups = self.inner.core.groups();
        self.inner.spawn(call, "groups.get_or_create", start, async move {
            let params = GroupCreateParams::new(reference, name);
            let group = groups.get_or_create_with(params, options).await;
            Reply::value(group.map(|(group, created)| json!({ "data": group, "created": created })))
        });
        Ok(())
    }
}

/// Calls an operation by its name, or a path by `VERB /path`. The result comes to the client's port,
/// under the number that JavaScript gave the call; so do those of the client's methods. A function,
/// as methods cost several times as much to call.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)] // a call in parts, which costs less than an object
#[allow(dead_code)] // in tests, nothing is exported
pub fn call(
    client: u32,
    call: u32,
    target: String,
    path_params: Option<Vec<String>>,
    options: Option<String>,
    body: Option<Body>,
    start: Option<Start<'_>>,
) -> Result<()> {
    let client = CLIENTS.with_borrow(|clients| clients.get(client));
    let Some(client) = client else { return Err(thrown(invalid("there is no such client"))) };
    let known = operation::find(&target);
    let made = prepare(
        &target,
        &path_params.unwrap_or_default(),
        CallOptions::read(options.as_deref())?,
        body,
    );
    let core = client.core.clone();
    let name = name_of(known, &target);
    client.spawn(call, name.clone(), start, async move {
        let outcome = match made {
            Ok(call) => core.execute(call).await,
            Err(error) => Err(error),
        };
        Reply::of(outcome, known.is_some(), &name)
    });
    Ok(())
}

impl Inner {
    fn started(
        &self,
        operation: Cow<'static, str>,
        start: Option<Start<'_>>,
    ) -> (Scope, Option<CancellationToken>) {
        let cancel = start.as_ref().and_then(|start| Some(start.cancel.as_ref()?.0.clone()));
        let call = start.and_then(|start| start.id).unwrap_or_default();
        (Scope { call, operation, log: self.log.clone() }, cancel)
    }

    /// Runs work until it is done or given up.
    fn spawn(
        &self,
        call: u32,
        operation: impl Into<Cow<'static, str>>,
        start: Option<Start<'_>>,
        work: impl Future<Output = Reply> + Send + 'static,
    ) {
        let (scope, cancel) = self.started(operation.into(), start);
        // A call in all its states is large, and what follows moves it.
        let work = scope::within(scope, Box::pin(work));
        match cancel {
            Some(cancel) => self.port.start(call, async move {
                Some(cancel.run_until_cancelled_owned(work).await.unwrap_or_else(Reply::aborted))
            }),
            None => self.port.start(call, async move { Some(work.await) }),
        }
    }
}

/// An operation's name, or a verb, as errors name them: a raw path may hold anything.
fn name_of(known: Option<&'static Operation>, target: &str) -> Cow<'static, str> {
    match (known, target.split_once(' ')) {
        (Some(operation), _) => Cow::Borrowed(operation.name),
        (None, Some((verb, _))) => Cow::Owned(verb.to_lowercase()),
        (None, None) => Cow::Owned(target.to_owned()),
    }
}

/// A body that a caller adds to a read is not sent.
fn takes_body(operation: &Operation) -> bool {
    operation.method != Method::GET
}

/// The call, or what is wrong with it.
fn prepare(
    target: &str,
    path_params: &[String],
    mut options: CallOptions,
    body: Option<Body>,
) -> std::result::Result<Call, Error> {
    let query = std::mem::take(&mut options.query);
    let options = options.into_core();
    let operation = operation::find(target);
    let call = match operation {
        Some(operation) => {
            let params: Vec<&str> = path_params.iter().map(String::as_str).collect();
            Call::new(operation, &params, options)
        }
        None => match target.split_once(' ') {
            Some((verb, path)) => match Method::from_bytes(verb.as_bytes()) {
                Ok(method) => Call::raw(method, path, options),
                Err(_) => Err(invalid("this is no HTTP method")),
            },
            None => Err(invalid("no operation has this name")),
        },
    };
    call.map(|call| {
        let call = call.with_query(query);
        match body {
            Some(body) if operation.is_none_or(takes_body) => call.with_body(bytes_of(body)),
            _ => call,
        }
    })
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

fn bytes_of(body: Body) -> Bytes {
    match body {
        Either::A(text) => text.into(),
        Either::B(bytes) => Bytes::copy_from_slice(&bytes),
    }
}
