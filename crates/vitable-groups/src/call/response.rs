//! What came back: the data, and how it came.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};

use crate::error::{Attempt, request_id};

/// How an answer came.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let response = client.groups().retrieve("grp_1").send().await?;
/// println!("{} after {} retries", response.metadata.status, response.metadata.retries());
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Metadata {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The address that answered.
    pub url: url::Url,
    /// The protocol.
    pub version: Version,
    /// The method of the request.
    pub method: http::Method,
    /// From the first attempt to the end of the answer, waits included.
    pub elapsed: Duration,
    /// Every attempt, the last one succeeded.
    pub attempts: Vec<Attempt>,
    /// The key that all attempts of a write carried.
    pub idempotency_key: Option<String>,
    /// The write was done by an earlier attempt whose answer was lost; this is its result, looked up.
    pub recovered: bool,
    /// The write was sent more than once, and an attempt before the last may have been applied, too.
    pub repeated: bool,
}

impl Metadata {
    /// Of an answer without headers that came at once.
    pub fn new(method: http::Method, url: url::Url, status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            url,
            version: Version::HTTP_11,
            method,
            elapsed: Duration::ZERO,
            attempts: Vec::new(),
            idempotency_key: None,
            recovered: false,
            repeated: false,
        }
    }

    /// How many times the call was sent again.
    pub fn retries(&self) -> usize {
        self.attempts.len().saturating_sub(1)
    }

    /// The server's id of the request, if a header names it.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

/// Header values may hold credentials or personal data, so only their names are printed.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("attempts", &self.attempts)
            .field("recovered", &self.recovered)
            .finish_non_exhaustive()
    }
}

/// Data with the metadata of its answer.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let answer = client.groups().retrieve("grp_1").send().await?;
/// println!("{} {:?}", answer.data.name, answer.metadata.request_id());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The decoded data.
    pub data: T,
    /// How it came.
    pub metadata: Metadata,
}

impl<T> Response<T> {
    /// Data and metadata, joined.
    pub fn new(data: T, metadata: Metadata) -> Self {
        Self { data, metadata }
    }

    /// The same metadata around other data.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { data: change(self.data), metadata: self.metadata }
    }
}

/// An answer whose body is not decoded.
///
/// ```no_run
/// use vitable_groups::{Call, RawResponse, RequestOptions, operation};
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let call = Call::new(&operation::PLANS_LIST, &[], RequestOptions::new())?;
/// let answer: RawResponse = client.execute(call).await?;
/// # Ok(()) }
/// ```
pub type RawResponse = Response<Bytes>;
