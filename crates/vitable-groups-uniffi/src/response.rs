//! How an answer came.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use vitable_groups as core;

/// One attempt of a call.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Attempt {
    /// The status of the answer, if one came.
    pub status: Option<i32>,
    /// Why it was not the last one, or why it failed: `503`, `timeout`, `connection`, ...
    pub reason: String,
    /// The wait that followed it.
    pub delay: Option<Duration>,
    /// How long it took.
    pub elapsed: Duration,
}

impl From<&core::Attempt> for Attempt {
    fn from(attempt: &core::Attempt) -> Self {
        let core::Attempt { status, reason, delay, elapsed, .. } = attempt.clone();
        Self { status: status.map(i32::from), reason, delay, elapsed }
    }
}

/// How an answer came. Its headers are left out when it is printed.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct Metadata {
    /// The status.
    pub status: i32,
    /// The headers, with names in lower case; several of one name are joined by `, `.
    pub headers: HashMap<String, String>,
    /// The address that answered.
    pub url: String,
    /// The method of the request.
    pub method: String,
    /// The protocol, such as `HTTP/1.1`.
    pub version: String,
    /// The server's id of the request, if a header names it.
    pub request_id: Option<String>,
    /// From the first attempt to the end of the answer, waits included.
    pub elapsed: Duration,
    /// Every attempt; the last one succeeded.
    pub attempts: Vec<Attempt>,
    /// The key that all attempts of a write carried.
    pub idempotency_key: Option<String>,
    /// The write was done by an earlier attempt whose answer was lost; this is its result, looked up.
    pub recovered: bool,
    /// The write was sent more than once, and an attempt before the last may have been applied, too.
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

/// An answer whose body is not decoded.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct RawResponse {
    /// The body as it came. It may hold member data: never log it.
    pub body: Vec<u8>,
    /// How it came.
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

/// Declares decoded data with its metadata; hosts show all of them as one generic class.
macro_rules! response {
    ($name:ident, $data:ident) => {
        /// Data and how it came.
        #[derive(Clone, uniffi::Record)]
        pub struct $name {
            /// The data.
            pub data: $data,
            /// How it came.
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
    fn headers_of_one_name_are_joined_and_hostile_bytes_survive() {
        let mut map = HeaderMap::new();
        map.append("link", http::HeaderValue::from_static("a"));
        map.append("link", http::HeaderValue::from_static("b"));
        map.append("x-odd", http::HeaderValue::from_bytes(b"\xff!").unwrap());
        let headers = headers(&map);
        assert_eq!(headers["link"], "a, b");
        assert_eq!(headers["x-odd"], "\u{fffd}!");
    }
}
