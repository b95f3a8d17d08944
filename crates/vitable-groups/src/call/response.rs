//! Responses: data with metadata.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, Version};

use crate::error::{Attempt, request_id};

/// The metadata of a response.
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
    /// The URL of the response, after redirects.
    pub url: url::Url,
    /// The HTTP version.
    pub version: Version,
    /// The method of the request.
    pub method: http::Method,
    /// Time from the first attempt to the end of the response, including waits.
    pub elapsed: Duration,
    /// All attempts; the last one succeeded.
    pub attempts: Vec<Attempt>,
    /// The idempotency key of a write, the same for all attempts.
    pub idempotency_key: Option<String>,
    /// An earlier attempt applied the write, but its response was lost; a lookup found the result.
    pub recovered: bool,
    /// The write was sent more than once, and an attempt before the last may also have been applied.
    pub repeated: bool,
}

impl Metadata {
    /// The metadata of a response without headers, attempts or delay.
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

    /// The number of retries.
    pub fn retries(&self) -> usize {
        self.attempts.len().saturating_sub(1)
    }

    /// The server's ID of the request, if a header contains it.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

/// Prints only the names of headers, as values may be credentials or personal data.
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

/// The data of a response, with its metadata.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let response = client.groups().retrieve("grp_1").send().await?;
/// println!("{} {:?}", response.data.name, response.metadata.request_id());
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Response<T> {
    /// The decoded data.
    pub data: T,
    /// The metadata.
    pub metadata: Metadata,
}

impl<T> Response<T> {
    /// A response of data and metadata.
    pub fn new(data: T, metadata: Metadata) -> Self {
        Self { data, metadata }
    }

    /// Replaces the data and keeps the metadata.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { data: change(self.data), metadata: self.metadata }
    }
}

/// A response with an undecoded body.
///
/// ```no_run
/// use vitable_groups::{Call, RawResponse, RequestOptions, operation};
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let call = Call::new(&operation::PLANS_LIST, &[], RequestOptions::new())?;
/// let response: RawResponse = client.execute(call).await?;
/// # Ok(()) }
/// ```
pub type RawResponse = Response<Bytes>;
