//! Results of calls, as JavaScript gets them.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use napi::bindgen_prelude::{Array, Buffer};
use napi::{Env, Result};
use serde::Serialize;
use vitable_groups::{Error, Metadata, RawResponse};

use crate::options::milliseconds_of;
use crate::{ascii, error};

/// The response of a call, or its error as JSON.
pub(crate) enum NativeResponse {
    Success { json: Option<Bytes>, bytes: Option<Bytes>, metadata: Bytes },
    Failed(String),
}

impl NativeResponse {
    /// The result of one request. If `typed`, the body is JSON whatever its content type.
    pub(crate) fn of(
        result: std::result::Result<RawResponse, Error>,
        typed: bool,
        operation: &str,
    ) -> Self {
        let response = match result {
            Ok(response) => response,
            Err(error) => return Self::Failed(error::json(&error)),
        };
        let metadata = metadata_json(&response.metadata, operation);
        let body = response.data;
        if response.metadata.status == http::StatusCode::NO_CONTENT {
            return Self::Success { json: None, bytes: None, metadata };
        }
        if !typed && !is_json(&response.metadata.headers) {
            return Self::Success { json: None, bytes: Some(body), metadata };
        }
        // Escaping changes the text; the bytes keep what the server sent.
        let bytes = (!body.is_ascii()).then(|| body.clone());
        Self::Success { json: Some(ascii::json(&body)), bytes, metadata }
    }

    /// The result of several requests, as one value.
    pub(crate) fn value(result: std::result::Result<serde_json::Value, Error>) -> Self {
        match result {
            Ok(value) => Self::Success {
                json: Some(ascii::json(&Bytes::from(value.to_string()))),
                bytes: None,
                metadata: Bytes::new(),
            },
            Err(error) => Self::Failed(error::json(&error)),
        }
    }

    /// The result of a canceled call.
    pub(crate) fn aborted() -> Self {
        let error = Error::new(vitable_groups::ErrorKind::Aborted, "Request was aborted.");
        Self::Failed(error::json(&error))
    }

    /// The result of a call whose future panicked.
    pub(crate) fn panicked() -> Self {
        let message = "the call ended without a result; please report this bug";
        Self::Failed(error::json(&Error::new(vitable_groups::ErrorKind::Internal, message)))
    }

    /// Writes the JSON text, the bytes and the metadata, or the error instead of the text.
    pub(crate) fn write(self, env: Env, parts: &mut Array<'_>, index: u32) -> Result<()> {
        match self {
            Self::Success { json, bytes, metadata } => {
                if let Some(json) = json {
                    parts.set(index, env.create_string_latin1(json)?)?;
                }
                if let Some(bytes) = bytes {
                    parts.set(index + 1, Buffer::from(bytes.to_vec()))?;
                }
                parts.set(index + 2, env.create_string_latin1(metadata)?)
            }
            Self::Failed(error) => {
                parts.set(index, error)?;
                parts.set(index + 2, ())
            }
        }
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

fn metadata_json(metadata: &Metadata, operation: &str) -> Bytes {
    let serializable = MetadataJson {
        operation,
        status: metadata.status.as_u16(),
        url: metadata.url.as_str(),
        method: metadata.method.as_str(),
        headers: error::Headers(&metadata.headers),
        elapsed: milliseconds_of(metadata.elapsed),
        attempts: error::attempts(&metadata.attempts),
        idempotency_key: metadata.idempotency_key.as_deref(),
        request_id: metadata.request_id(),
        recovered: metadata.recovered,
        repeated: metadata.repeated,
    };
    // Strings, numbers and lists always serialize.
    let text = serde_json::to_vec(&serializable).unwrap_or_default();
    ascii::json(&Bytes::from(text))
}

/// The metadata of a response, as JavaScript reads it.
#[derive(Serialize)]
struct MetadataJson<'a> {
    operation: &'a str,
    status: u16,
    url: &'a str,
    method: &'a str,
    headers: error::Headers<'a>,
    elapsed: f64,
    attempts: Vec<error::AttemptJson<'a>>,
    idempotency_key: Option<&'a str>,
    request_id: Option<&'a str>,
    recovered: bool,
    repeated: bool,
}
