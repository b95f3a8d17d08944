//! The error of a success whose body JavaScript could not parse.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use napi::Result;
use napi::bindgen_prelude::{Buffer, Either};
use serde::Deserialize;
use vitable_groups::{Attempt, Error, Metadata, Response};

use crate::error;
use crate::options::milliseconds;

/// Metadata in the form that JavaScript got them.
#[derive(Deserialize)]
struct Described {
    operation: String,
    status: u16,
    url: String,
    method: String,
    headers: Vec<String>,
    attempts: Vec<Attempted>,
    idempotency_key: Option<String>,
}

#[derive(Deserialize)]
struct Attempted {
    status: Option<u16>,
    reason: String,
    delay: Option<f64>,
    elapsed: f64,
}

/// The structured error as JSON text.
pub(crate) fn json(metadata: String, body: Either<String, Buffer>) -> Result<String> {
    let described: Described = serde_json::from_str(&metadata).map_err(failed)?;
    let body = match body {
        Either::A(text) => Bytes::from(text),
        Either::B(bytes) => Bytes::copy_from_slice(&bytes),
    };
    let operation = described.operation.clone();
    let answer = Response::new(body, described.metadata()?);
    Ok(error::json(&Error::unreadable(answer, &operation)))
}

impl Described {
    fn metadata(self) -> Result<Metadata> {
        let method = Method::from_bytes(self.method.as_bytes()).map_err(failed)?;
        let status = StatusCode::from_u16(self.status).map_err(failed)?;
        let mut metadata = Metadata::new(method, self.url.parse().map_err(failed)?, status);
        metadata.headers = headers(&self.headers);
        metadata.attempts = self.attempts.into_iter().map(Attempted::into_core).collect();
        metadata.idempotency_key = self.idempotency_key;
        Ok(metadata)
    }
}

impl Attempted {
    fn into_core(self) -> Attempt {
        let mut attempt = Attempt::new(self.status, self.reason);
        attempt.delay = self.delay.map(milliseconds);
        attempt.elapsed = milliseconds(self.elapsed);
        attempt
    }
}

/// Names and values in turn; characters beyond ASCII are Latin-1 bytes.
fn headers(flat: &[String]) -> HeaderMap {
    let pairs = flat.as_chunks::<2>().0.iter().filter_map(|[name, value]| {
        let value: Vec<u8> = value.chars().filter_map(|char| u8::try_from(char).ok()).collect();
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_bytes(&value).ok()?))
    });
    pairs.collect()
}

fn failed(error: impl std::fmt::Display) -> napi::Error {
    napi::Error::from_reason(error.to_string())
}
