//! Responses and their metadata.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use vitable_groups as core;

/// One attempt of a call.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Attempt {
    /// The response status, if there was a response.
    pub status: Option<i32>,
    /// The status, or why there was no response: `503`, `timeout`, `connection`, ...
    pub reason: String,
    /// The delay before the next attempt.
    pub delay: Option<Duration>,
    /// The duration of the attempt.
    pub elapsed: Duration,
}

impl From<&core::Attempt> for Attempt {
    fn from(attempt: &core::Attempt) -> Self {
        let core::Attempt { status, reason, delay, elapsed, .. } = attempt.clone();
        Self { status: status.map(i32::from), reason, delay, elapsed }
    }
}

/// Response metadata. Headers are not printed.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Metadata {
    /// The HTTP status.
    pub status: i32,
    /// The headers, with lowercase names; repeated headers are joined by `, `.
    pub headers: HashMap<String, String>,
    /// The URL of the request.
    pub url: String,
    /// The HTTP method of the request.
    pub method: String,
    /// The HTTP version, such as `HTTP/1.1`.
    pub version: String,
    /// The server's request ID, if a header contains it.
    pub request_id: Option<String>,
    /// The time from the first attempt to the end of the response, including delays.
    pub elapsed: Duration,
    /// All attempts; the last one succeeded.
    pub attempts: Vec<Attempt>,
    /// The idempotency key sent with every attempt of a write.
    pub idempotency_key: Option<String>,
    /// Whether the write was applied by an earlier attempt whose response was lost, and its result
    /// was looked up.
    pub recovered: bool,
    /// Whether the write was sent more than once, so that an earlier attempt may have been applied as
    /// well.
    pub repeated: bool,
}

impl fmt::Display for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, attempts, elapsed, .. } = self;
        write!(f, "Metadata({status}, {} attempts, {elapsed:?})", attempts.len())
    }
}

impl From<&core::Metadata> for Metadata {
    fn from(metadata: &core::Metadata) -> Self {
        Self {
            status: metadata.status.as_u16().into(),
            headers: headers(&metadata.headers),
            url: metadata.url.to_string(),
            method: metadata.method.to_string(),
            version: format!("{:?}", metadata.version),
            request_id: metadata.request_id().map(str::to_owned),
            elapsed: metadata.elapsed,
            attempts: metadata.attempts.iter().map(Attempt::from).collect(),
            idempotency_key: metadata.idempotency_key.clone(),
            recovered: metadata.recovered,
            repeated: metadata.repeated,
        }
    }
}

pub(crate) fn headers(map: &HeaderMap) -> HashMap<String, String> {
    let mut headers: HashMap<String, String> = HashMap::with_capacity(map.keys_len());
    for (name, value) in map {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers
            .entry(name.to_string())
            .and_modify(|joined| {
                joined.push_str(", ");
                joined.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    headers
}

/// A response with an undecoded body.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RawResponse {
    /// The body. It may contain member data: never log it.
    pub body: Vec<u8>,
    /// The response metadata.
    pub metadata: Metadata,
}

impl fmt::Display for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawResponse({} bytes, {})", self.body.len(), self.metadata)
    }
}

impl From<core::RawResponse> for RawResponse {
    fn from(response: core::RawResponse) -> Self {
        Self { metadata: Metadata::from(&response.metadata), body: response.data.to_vec() }
    }
}

/// Declares a record of decoded data and metadata; hosts expose all of them as one generic type.
macro_rules! response {
    ($name:ident, $data:ident) => {
        /// Decoded data with the response metadata.
        #[derive(Clone, uniffi::Record)]
        pub struct $name {
            /// The data.
            pub data: $data,
            /// The response metadata.
            pub metadata: $crate::response::Metadata,
        }

        impl<T> From<vitable_groups::Response<T>> for $name
        where
            $data: From<T>,
        {
            fn from(response: vitable_groups::Response<T>) -> Self {
                let metadata = $crate::response::Metadata::from(&response.metadata);
                Self { data: response.data.into(), metadata }
            }
        }
    };
}
pub(crate) use response;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_headers_are_joined_and_invalid_bytes_replaced() {
        let mut map = HeaderMap::new();
        map.append("link", http::HeaderValue::from_static("a"));
        map.append("link", http::HeaderValue::from_static("b"));
        map.append("x-odd", http::HeaderValue::from_bytes(b"\xff!").unwrap());
        let headers = headers(&map);
        assert_eq!(headers["link"], "a, b");
        assert_eq!(headers["x-odd"], "\u{fffd}!");
    }
}
