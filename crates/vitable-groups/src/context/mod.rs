//! The context of a client's calls: settings, credentials, and state shared with derived clients.

pub(crate) mod auth;
mod created;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::Duration;

use url::Url;

use self::auth::Credentials;
use self::created::{CreatedGroups, Server};
use crate::call::RequestOptions;
use crate::call::headers::Headers;
use crate::retry::{RetryPolicy, RetryQuota};
use crate::time::{Clock, Deadline};
use crate::transport::Transport;
use vitable_groups_model::Field;

/// The default time limit of an attempt.
///
/// ```
/// assert_eq!(vitable_groups::DEFAULT_TIMEOUT.as_secs(), 60);
/// ```
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// The default time limit for connecting.
///
/// ```
/// assert_eq!(vitable_groups::DEFAULT_CONNECT_TIMEOUT.as_secs(), 5);
/// ```
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The default maximum size of a response body.
///
/// ```
/// assert_eq!(vitable_groups::DEFAULT_MAX_RESPONSE_BYTES, 64 << 20);
/// ```
pub const DEFAULT_MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// The internals of a client; cheap to clone.
#[derive(Clone)]
pub(crate) struct Context(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    settings: Settings,
    header_overrides: Vec<(String, Option<String>)>,
    headers: Headers,
    credentials: RwLock<Credentials>,
    base_url: Url,
}

/// State shared by a client and the clients derived from it.
pub(crate) struct Shared {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) quota: Arc<RetryQuota>,
    pub(crate) created: Arc<CreatedGroups>,
    life: Arc<Life>,
}

/// When a client and all derived from it end.
#[derive(Default)]
struct Life {
    closed: AtomicBool,
    transports: Mutex<Vec<Weak<dyn Transport>>>,
}

impl Life {
    fn add(&self, transport: &Arc<dyn Transport>) {
        let mut transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner);
        transports.retain(|transport| transport.strong_count() > 0);
        transports.push(Arc::downgrade(transport));
        drop(transports);
        if self.closed.load(Ordering::Acquire) {
            transport.close();
        }
    }

    fn end(&self) {
        self.closed.store(true, Ordering::Release);
        let transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        transports.iter().filter_map(Weak::upgrade).for_each(|transport| transport.close());
    }
}

impl Shared {
    pub(crate) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self::within(Arc::default(), Arc::default(), transport, clock)
    }

    fn within(
        life: Arc<Life>,
        created: Arc<CreatedGroups>,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        life.add(&transport);
        Self { transport, clock, quota: Arc::default(), created, life }
    }

    /// The same on another clock.
    pub(crate) fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        Self {
            transport: Arc::clone(&self.transport),
            clock,
            quota: Arc::clone(&self.quota),
            created: Arc::clone(&self.created),
            life: Arc::clone(&self.life),
        }
    }

    /// Another transport may lead to another server: what was learned of this one stays here.
    pub(crate) fn with_transport(
        &self,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::within(Arc::clone(&self.life), Arc::clone(&self.created), transport, clock)
    }
}

/// A client's default settings.
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

impl Context {
    pub(crate) fn new(
        shared: Arc<Shared>,
        settings: Settings,
        header_overrides: Vec<(String, Option<String>)>,
        headers: Headers,
        credentials: Credentials,
        base_url: Url,
    ) -> Self {
        let credentials = RwLock::new(credentials);
        Self(Arc::new(Inner { shared, settings, header_overrides, headers, credentials, base_url }))
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.shared
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.shared.clock.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The default headers set by the caller, for derived clients.
    pub(crate) fn header_overrides(&self) -> &[(String, Option<String>)] {
        &self.0.header_overrides
    }

    pub(crate) fn headers(&self) -> &Headers {
        &self.0.headers
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.0.base_url
    }

    /// What this client calls, to tell apart the groups of several servers.
    pub(crate) fn server(&self) -> Server {
        let transport = Arc::downgrade(&self.0.shared.transport);
        Server { base_url: self.base_url().clone(), transport }
    }

    pub(crate) fn credentials(&self) -> Credentials {
        self.0.credentials.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_credentials(&self, credentials: Credentials) {
        *self.0.credentials.write().unwrap_or_else(PoisonError::into_inner) = credentials;
    }

    pub(crate) fn close(&self) {
        self.0.shared.life.end();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.shared.life.closed.load(Ordering::Acquire)
    }

    /// The deadline of a call with these options that starts now.
    pub(crate) fn deadline(&self, options: &RequestOptions) -> Deadline {
        if let Some(shared) = options.until {
            return shared;
        }
        let limit = match options.deadline {
            Field::Value(limit) => Some(limit),
            Field::Null => None,
            Field::Absent => self.settings().deadline,
        };
        Deadline::after(self.clock(), limit)
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("base_url", &self.base_url().as_str())
            .field("credentials", &self.credentials())
            .finish_non_exhaustive()
    }
}
