//! The client: settings, credentials and what its clones share.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http::Method;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::auth::Credentials;
use crate::builder::ClientBuilder;
use crate::call::Call;
use crate::clock::Clock;
use crate::headers::Headers;
use crate::model::Field;
use crate::operation::Operation;
use crate::options::RequestOptions;
use crate::page::{List, PageItem};
use crate::pipeline::{self, Deadline};
use crate::request::Request;
use crate::resources::{Groups, Plans};
use crate::response::RawResponse;
use crate::retry::{RetryBudget, RetryPolicy};
use crate::transport::{Transport, TransportResponse};
use crate::{Error, ErrorKind};

/// A client of the API: cheap to clone, safe to share between threads and tasks.
///
/// ```no_run
/// use vitable_groups::Client;
/// use vitable_groups::model::GroupCreateParams;
///
/// # async fn run() -> Result<(), vitable_groups::Error> {
/// let client = Client::from_env()?; // VITABLE_CONNECT_API_KEY
/// let group = client.groups().create(GroupCreateParams::new("tier-1", "Tier 1")).await?;
/// println!("{} {}", group.id, group.name);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    settings: Settings,
    given_headers: Vec<(String, Option<String>)>,
    headers: Headers,
    credentials: RwLock<Credentials>,
    base_url: Url,
}

/// What derived clients have in common.
pub(crate) struct Shared {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: RetryBudget,
    closed: AtomicBool,
}

impl Shared {
    pub(crate) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        let budget = RetryBudget::default();
        Self { transport, clock, budget, closed: AtomicBool::new(false) }
    }
}

/// What a client does unless a call says otherwise.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) timeout: Option<Duration>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) retry: RetryPolicy,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) organization: Option<String>,
    pub(crate) user_agent: String,
    pub(crate) max_response_bytes: usize,
    pub(crate) allow_plain_http: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Some(DEFAULT_TIMEOUT),
            connect_timeout: Some(DEFAULT_CONNECT_TIMEOUT),
            deadline: None,
            retry: RetryPolicy::default(),
            query: Vec::new(),
            organization: None,
            user_agent: concat!("vitable-groups/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_response_bytes: DEFAULT_MAX_RESPONSE_BYTES,
            allow_plain_http: false,
        }
    }
}

/// Bounds one attempt unless set otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// Bounds the connecting of one attempt unless set otherwise.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The largest answer that is read unless set otherwise.
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

impl Client {
    /// Starts setting up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from the environment: `VITABLE_CONNECT_API_KEY`, `VITABLE_CONNECT_BASE_URL`,
    /// `VITABLE_CONNECT_CUSTOM_HEADERS`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().build()
    }

    pub(crate) fn assemble(
        shared: Arc<Shared>,
        settings: Settings,
        given_headers: Vec<(String, Option<String>)>,
        headers: Headers,
        credentials: Credentials,
        base_url: Url,
    ) -> Self {
        let credentials = RwLock::new(credentials);
        Self(Arc::new(Inner { shared, settings, given_headers, headers, credentials, base_url }))
    }

    /// A builder that starts from this client's settings; what it builds shares connections, retry
    /// budget and end of life.
    ///
    /// ```
    /// use vitable_groups::Client;
    ///
    /// let client = Client::builder().api_key("vit_apk_example").build()?;
    /// let patient = client.derive().max_retries(10).build()?;
    /// # Ok::<(), vitable_groups::Error>(())
    /// ```
    pub fn derive(&self) -> ClientBuilder {
        ClientBuilder::derived(
            Arc::clone(&self.0.shared),
            self.0.settings.clone(),
            self.0.given_headers.clone(),
            self.credentials(),
            self.0.base_url.to_string(),
        )
    }

    /// Groups, and through them the syncs of their members.
    pub fn groups(&self) -> Groups {
        Groups::new(self.clone())
    }

    /// Plans.
    pub fn plans(&self) -> Plans {
        Plans::new(self.clone())
    }

    /// A list of items of your own type; what bindings build on.
    ///
    /// ```no_run
    /// use vitable_groups::{Client, model::Plan, operation};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let plans = client.list::<Plan>(&operation::PLANS_LIST).limit(100).await?;
    /// # Ok(()) }
    /// ```
    pub fn list<T: PageItem>(&self, operation: &'static Operation) -> List<T> {
        List::new(self.clone(), operation)
    }

    /// Calls GET on a path that is not modelled.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let answer = client.get("/v1/groups").query("limit", "5").await?;
    /// println!("{}", answer["data"]);
    /// # Ok(()) }
    /// ```
    pub fn get(&self, path: impl Into<String>) -> Request<Value> {
        self.raw(Method::GET, path.into(), None::<&Value>)
    }

    /// Calls POST on a path that is not modelled. It may be repeated after a failure, with the same
    /// idempotency key; set `max_retries(0)` where that would do harm.
    pub fn post(&self, path: impl Into<String>, body: &impl Serialize) -> Request<Value> {
        self.raw(Method::POST, path.into(), Some(body))
    }

    /// Calls PATCH on a path that is not modelled.
    pub fn patch(&self, path: impl Into<String>, body: &impl Serialize) -> Request<Value> {
        self.raw(Method::PATCH, path.into(), Some(body))
    }

    fn raw(&self, method: Method, path: String, body: Option<&impl Serialize>) -> Request<Value> {
        let body = body.map(serde_json::to_value).transpose().map_err(|error| {
            Error::new(ErrorKind::InvalidArgument, format!("the body is not JSON: {error}"))
        });
        Request::new(self.clone(), move |options| {
            let call = Call::raw(method, path, options)?;
            match body? {
                Some(body) => call.with_json(&body),
                None => Ok(call),
            }
        })
    }

    /// Sends a call and returns the undecoded answer; what bindings build on.
    ///
    /// ```no_run
    /// use vitable_groups::{Call, Client, RequestOptions, operation};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let call = Call::new(&operation::GROUPS_RETRIEVE, &["grp_1"], RequestOptions::new())?;
    /// let answer = client.execute(call).await?;
    /// println!("{} bytes", answer.data.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Every [`ErrorKind`] but `ResponseValidation` of the decoding.
    pub async fn execute(&self, call: Call) -> Result<RawResponse, Error> {
        let deadline = self.deadline(&call.options);
        pipeline::run(self, &call, deadline).await
    }

    /// Sends a call and returns the answer with its body unread; statuses are judged and retried as
    /// always, a failure while the body is read is the reader's.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn stream(&self, call: Call) -> Result<TransportResponse, Error> {
        let deadline = self.deadline(&call.options);
        pipeline::open(self, &call, deadline).await
    }

    /// Replaces the API key for the calls that start from now on. Derived clients keep theirs.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if a header cannot carry it.
    pub fn set_api_key(&self, key: impl Into<String>) -> Result<(), Error> {
        let credentials = Credentials::key(&SecretString::from(key.into()))?;
        *self.0.credentials.write().unwrap_or_else(PoisonError::into_inner) = credentials;
        Ok(())
    }

    /// Where the API is.
    pub fn base_url(&self) -> &Url {
        &self.0.base_url
    }

    /// Ends the client, its clones and all derived from the same one: further calls fail at once.
    pub fn close(&self) {
        self.0.shared.closed.store(true, Ordering::Release);
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.0.shared.closed.load(Ordering::Acquire)
    }

    pub(crate) fn credentials(&self) -> Credentials {
        self.0.credentials.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.0.shared
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(crate) fn headers(&self) -> &Headers {
        &self.0.headers
    }

    /// The moment by which a call with these options must end, counted from now.
    pub(crate) fn deadline(&self, options: &RequestOptions) -> Deadline {
        let limit = match options.deadline {
            Field::Value(limit) => Some(limit),
            Field::Null => None,
            Field::Absent => self.settings().deadline,
        };
        Deadline::after(self.shared().clock.as_ref(), limit)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url.as_str())
            .field("credentials", &self.credentials())
            .finish_non_exhaustive()
    }
}
