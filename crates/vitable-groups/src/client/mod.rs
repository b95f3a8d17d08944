//! The client.

mod builder;
pub(crate) mod config;

use std::fmt;

use http::Method;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use url::Url;

pub use builder::ClientBuilder;
pub use config::{Environment, env};

use crate::api::{Groups, Plans, Request};
use crate::call::{Call, RawResponse, RequestOptions, Response};
use crate::context::Context;
use crate::context::auth::Credentials;
use crate::error::{Error, ErrorKind};
use crate::operation::Operation;
use crate::pagination::page::{List, PageItem};
use crate::recovery;
use crate::time::Deadline;
use crate::transport::TransportBody;

/// A client for the API. Cheap to clone; can be shared between threads and tasks.
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
pub struct Client(pub(crate) Context);

impl Client {
    /// Groups, and the syncs of their members.
    pub fn groups(&self) -> Groups {
        Groups::new(self.0.clone())
    }

    /// Plans.
    pub fn plans(&self) -> Plans {
        Plans::new(self.0.clone())
    }

    /// Lists items of a custom type; for bindings.
    ///
    /// ```no_run
    /// use vitable_groups::{Client, model::Plan, operation};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let plans = client.list::<Plan>(&operation::PLANS_LIST).limit(100).await?;
    /// # Ok(()) }
    /// ```
    pub fn list<T: PageItem>(&self, operation: &'static Operation) -> List<T> {
        List::new(self.0.clone(), operation)
    }

    /// Lists the pages of a call that is not modeled, or that has more than a list's parameters. The
    /// list sets the `page` query parameter.
    ///
    /// ```no_run
    /// use http::Method;
    /// use vitable_groups::{Call, Client, RequestOptions, model::Plan};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let call = Call::raw(Method::GET, "/v1/plans", RequestOptions::new())?;
    /// let plans = client.list_of::<Plan>(call).await?;
    /// # Ok(()) }
    /// ```
    pub fn list_of<T: PageItem>(&self, call: Call) -> List<T> {
        List::of(self.0.clone(), call)
    }

    /// Sends a GET request to a path that is not modeled.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let body = client.get("/v1/groups").query("limit", "5").await?;
    /// println!("{}", body["data"]);
    /// # Ok(()) }
    /// ```
    pub fn get(&self, path: impl Into<String>) -> Request<Value> {
        self.raw(Method::GET, path.into(), None::<&Value>)
    }

    /// Sends a POST request to a path that is not modeled. It is retried like an idempotent call,
    /// with the same idempotency key; set `max_retries(0)` if that is not safe.
    pub fn post(&self, path: impl Into<String>, body: &impl Serialize) -> Request<Value> {
        self.raw(Method::POST, path.into(), Some(body))
    }

    /// Sends a PATCH request to a path that is not modeled.
    pub fn patch(&self, path: impl Into<String>, body: &impl Serialize) -> Request<Value> {
        self.raw(Method::PATCH, path.into(), Some(body))
    }

    fn raw(&self, method: Method, path: String, body: Option<&impl Serialize>) -> Request<Value> {
        let body = body.map(serde_json::to_value).transpose().map_err(|error| {
            Error::new(
                ErrorKind::InvalidArgument,
                format!("the body cannot be serialized as JSON: {error}"),
            )
        });
        Request::new(self.0.clone(), move |options| {
            let call = Call::raw(method, path, options)?;
            match body? {
                Some(body) => call.with_json(&body),
                None => Ok(call),
            }
        })
    }

    /// Sends a call and returns the undecoded response; for bindings. A response of an operation has
    /// passed [`checked`](RawResponse::checked).
    ///
    /// ```no_run
    /// use vitable_groups::{Call, Client, RequestOptions, operation};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let call = Call::new(&operation::GROUPS_RETRIEVE, &["grp_1"], RequestOptions::new())?;
    /// let response = client.execute(call).await?;
    /// println!("{} bytes", response.data.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Every [`ErrorKind`].
    pub async fn execute(&self, call: Call) -> Result<RawResponse, Error> {
        let deadline = self.0.deadline(&call.options);
        recovery::run(&self.0, &call, deadline).await?.checked(&call.name)
    }

    /// Sends a call and returns the response as soon as its headers have arrived. Error statuses are
    /// retried as usual; errors while reading the body are the caller's to handle. The timeout
    /// applies to each chunk of the body, and the metadata's times end with the headers.
    ///
    /// ```no_run
    /// use vitable_groups::{Call, Client, RequestOptions, operation};
    ///
    /// # async fn run(client: Client) -> Result<(), vitable_groups::Error> {
    /// let call = Call::new(&operation::GROUPS_LIST, &[], RequestOptions::new())?;
    /// let response = client.stream(call).await?;
    /// println!("{} after {} retries", response.metadata.status, response.metadata.retries());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn stream(&self, call: Call) -> Result<Response<TransportBody>, Error> {
        let deadline = self.0.deadline(&call.options);
        recovery::open(&self.0, &call, deadline).await
    }

    /// The deadline of a call with these options that starts now. Pass it to
    /// [`RequestOptions::until`] to share one deadline between several calls, as the pages of a
    /// [`List`] do.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use vitable_groups::RequestOptions;
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let within = RequestOptions::new().deadline(Duration::from_secs(10));
    /// let options = RequestOptions::new().until(client.deadline(&within));
    /// let group = client.groups().retrieve("grp_1").options(options.clone()).await?;
    /// let plans = client.plans().list().options(options).await?;
    /// # Ok(()) }
    /// ```
    pub fn deadline(&self, options: &RequestOptions) -> Deadline {
        self.0.deadline(options)
    }

    /// Replaces the API key for calls that start from now on. Derived clients keep their key.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] if the key is not a valid header value.
    pub fn set_api_key(&self, key: impl Into<String>) -> Result<(), Error> {
        self.0.set_credentials(Credentials::key(&SecretString::from(key.into()))?);
        Ok(())
    }

    /// The base URL of the API.
    pub fn base_url(&self) -> &Url {
        self.0.base_url()
    }

    /// Closes the client, its clones and all clients derived from the same one: further calls fail
    /// immediately, and idle connections are closed.
    pub fn close(&self) {
        self.0.close();
    }

    /// Whether [`close`](Self::close) was called.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0).finish()
    }
}
