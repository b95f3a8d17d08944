//! A request builder that sends when awaited.

use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::decode::{Decode, decode, decode_response};
use crate::call::{Call, RequestOptions, Response};
use crate::context::Context;
use crate::error::Error;
use crate::recovery;
use crate::time::BoxFuture;
use vitable_groups_model::Envelope;

type BuildCall = Box<dyn FnOnce(RequestOptions) -> Result<Call, Error> + Send>;

/// A request: set options, then `.await` it for the data, or call [`send`](Self::send) for the data
/// with its metadata. Nothing is sent before that.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let group = client.groups().retrieve("grp_1").timeout(Duration::from_secs(5)).await?;
/// # Ok(()) }
/// ```
#[must_use = "a request is sent when it is awaited"]
pub struct Request<T> {
    context: Context,
    build: BuildCall,
    decode: Decode<T>,
    options: RequestOptions,
}

impl<T: DeserializeOwned + Send + 'static> Request<T> {
    pub(crate) fn new(
        context: Context,
        build: impl FnOnce(RequestOptions) -> Result<Call, Error> + Send + 'static,
    ) -> Self {
        Self {
            context,
            build: Box::new(build),
            decode: decode::<T>,
            options: RequestOptions::new(),
        }
    }

    pub(crate) fn enveloped(
        context: Context,
        build: impl FnOnce(RequestOptions) -> Result<Call, Error> + Send + 'static,
    ) -> Self {
        let decode = |body: &Bytes| decode::<Envelope<T>>(body).map(|body| body.data);
        Self { context, build: Box::new(build), decode, options: RequestOptions::new() }
    }
}

impl<T: Send + 'static> Request<T> {
    /// Replaces all options.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// See [`RequestOptions::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.timeout(timeout);
        self
    }

    /// See [`RequestOptions::deadline`].
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options = self.options.deadline(deadline);
        self
    }

    /// See [`RequestOptions::max_retries`].
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.options = self.options.max_retries(retries);
        self
    }

    /// See [`RequestOptions::header`].
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options = self.options.header(name, value);
        self
    }

    /// See [`RequestOptions::query`].
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options = self.options.query(name, value);
        self
    }

    /// See [`RequestOptions::body`].
    pub fn extra_body(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options = self.options.body(name, value);
        self
    }

    /// See [`RequestOptions::idempotency_key`].
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.options = self.options.idempotency_key(key);
        self
    }

    /// See [`RequestOptions::organization`].
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.options = self.options.organization(organization);
        self
    }

    /// Sends the request and returns the data with its metadata.
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Response<T>, Error> {
        let call = (self.build)(self.options)?;
        let name = call.name.clone();
        let deadline = self.context.deadline(&call.options);
        let response = recovery::run(&self.context, &call, deadline).await?;
        decode_response(response, &name, self.decode)
    }
}

impl<T: Send + 'static> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(|response| response.data) })
    }
}
