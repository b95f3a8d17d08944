//! The error of a successful response whose body JavaScript cannot parse.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use napi::Result;
use napi::bindgen_prelude::{Buffer, Either};
use serde::Deserialize;
use vitable_groups::{Attempt, Error, Metadata, Response};

use crate::error;
use crate::options::milliseconds;

/// The metadata of a response, as JavaScript got it.
#[derive(Deserialize)]
struct MetadataJson {
    operation: String,
    status: u16,
    url: String,
    method: String,
    headers: Vec<String>,
    attempts: Vec<AttemptJson>,
    idempotency_key: Option<String>,
}

#[derive(Deserialize)]
struct AttemptJson {
    status: Option<u16>,
    reason: String,
    delay: Option<f64>,
    elapsed: f64,
}

/// The structured error as JSON text.
pub(crate) fn json(metadata: String, body: Either<String, Buffer>) -> Result<String> {
    let metadata: MetadataJson = serde_json::from_str(&metadata).map_err(invalid)?;
    let body = match body {
        Either::A(text) => Bytes::from(text),
        Either::B(bytes) => Bytes::copy_from_slice(&bytes),
    };
    let operation = metadata.operation.clone();
    let response = Response::new(body, metadata.into_core()?);
    Ok(error::json(&Error::unreadable(response, &operation)))
}

impl MetadataJson {
    fn into_core(self) -> Result<Metadata> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(invalid)?;
        let status = StatusCode::from_u16(self.status).map_err(invalid)?;
        let mut metadata = Metadata::new(method, self.url.parse().map_err(invalid)?, status);
        metadata.headers = headers(&self.headers);
        metadata.attempts = self.attempts.into_iter().map(AttemptJson::into_core).collect();
        metadata.idempotency_key = self.idempotency_key;
        Ok(metadata)
    }
}

impl AttemptJson {
    fn into_core(self) -> Attempt {
        let mut attempt = Attempt::new(self.status, self.reason);
        attempt.delay = self.delay.map(milliseconds);
        attempt.elapsed = milliseconds(self.elapsed);
        attempt
    }
}

/// Headers from alternating names and values; non-ASCII characters are Latin-1 bytes.
fn headers(flat: &[String]) -> HeaderMap {
    let pairs = flat.as_chunks::<2>().0.iter().filter_map(|[name, value]| {
        let value: Vec<u8> = value.chars().filter_map(|char| u8::try_from(char).ok()).collect();
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_bytes(&value).ok()?))
    });
    pairs.collect()
}

fn invalid(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}
