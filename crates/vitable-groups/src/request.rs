//! A call with its options, sent when awaited.

use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::Call;
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::options::RequestOptions;
use crate::response::{RawResponse, Response};
use crate::{Error, ErrorKind, model, pipeline};

type MakeCall = Box<dyn FnOnce(RequestOptions) -> Result<Call, Error> + Send>;
type Decode<T> = fn(&Bytes) -> Result<T, Error>;

/// One call: set options, then `.await` it for the data, or [`send`](Self::send) it for the data
/// with its metadata. Nothing is sent before.
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
    make: MakeCall,
    decode: Decode<T>,
    options: RequestOptions,
}

impl<T: DeserializeOwned + Send + 'static> Request<T> {
    pub(crate) fn new(
        context: Context,
        make: impl FnOnce(RequestOptions) -> Result<Call, Error> + Send + 'static,
    ) -> Self {
        Self { context, make: Box::new(make), decode: decode::<T>, options: RequestOptions::new() }
    }

    pub(crate) fn enveloped(
        context: Context,
        make: impl FnOnce(RequestOptions) -> Result<Call, Error> + Send + 'static,
    ) -> Self {
        let decode = |body: &Bytes| decode::<model::Envelope<T>>(body).map(|body| body.data);
        Self { context, make: Box::new(make), decode, options: RequestOptions::new() }
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

    /// Sends the request; the data comes with its metadata.
    ///
    /// # Errors
    /// Every [`ErrorKind`].
    pub async fn send(self) -> Result<Response<T>, Error> {
        let call = (self.make)(self.options)?;
        let name = call.name.clone();
        let deadline = self.context.deadline(&call.options);
        let answer = pipeline::run(&self.context, &call, deadline).await?;
        decoded(answer, &name, self.decode)
    }
}

impl<T: Send + 'static> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await.map(|response| response.data) })
    }
}

/// Decodes an answer; a failure keeps the answer on the error.
pub(crate) fn decoded<T>(
    answer: RawResponse,
    operation: &str,
    decode: Decode<T>,
) -> Result<Response<T>, Error> {
    match decode(&answer.data) {
        Ok(data) => Ok(answer.map(|_| data)),
        Err(error) => Err(of_answer(error, answer, operation)),
    }
}

pub(crate) fn of_answer(error: Error, answer: RawResponse, operation: &str) -> Error {
    let Response { data, metadata } = answer;
    let is_write = metadata.method != http::Method::GET;
    error
        .with_operation(operation)
        .with_answer(metadata.status.as_u16(), metadata.headers, &data)
        .with_attempts(metadata.attempts)
        .with_idempotency_key(metadata.idempotency_key)
        .with_outcome_unknown(is_write)
}

impl Error {
    /// A success whose body is not what was asked for; for bindings, which decode bodies themselves.
    pub fn unreadable(answer: RawResponse, operation: &str) -> Self {
        // In the words of the check, where that says no: it may have been left out.
        let answer = match answer.checked(operation) {
            Ok(answer) => answer,
            Err(error) => return error,
        };
        let error = decode::<serde::de::IgnoredAny>(&answer.data).err();
        let error = error.unwrap_or_else(crate::envelope::misshapen);
        of_answer(error, answer, operation)
    }
}

pub(crate) fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    // One look at all of it for UTF-8 costs less than one at each string.
    let decoded = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    decoded.map_err(|_| misfit::<T>(body))
}

/// Reads the body again, slowly, to name the place that does not fit. Values are not repeated.
fn misfit<T: DeserializeOwned>(body: &Bytes) -> Error {
    let mut input = serde_json::Deserializer::from_slice(body);
    let place = match serde_path_to_error::deserialize::<_, T>(&mut input) {
        Ok(_) => "after the end of the JSON text".to_owned(),
        Err(error) => {
            let path = error.path().to_string();
            let inner = error.into_inner();
            match inner.classify() {
                serde_json::error::Category::Data => format!("at `{path}`"),
                _ => format!("at line {} column {}", inner.line(), inner.column()),
            }
        }
    };
    let what = if body.is_empty() {
        "the answer's body is empty".to_owned()
    } else {
        format!("the answer's body is not what the operation returns, {place}")
    };
    Error::new(ErrorKind::ResponseValidation, what)
}
