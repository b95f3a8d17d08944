//! What goes back to JavaScript.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use napi::bindgen_prelude::{Array, Buffer};
use napi::{Env, Result};
use serde::Serialize;
use vitable_groups::{Error, Metadata, RawResponse};

use crate::options::milliseconds_of;
use crate::{ascii, error};

/// The end of a call: an answer, or why there is none.
pub(crate) enum Reply {
    Answer { json: Option<Bytes>, bytes: Option<Bytes>, metadata: Bytes },
    Failed(String),
}

impl Reply {
    /// `typed` says that the body must be JSON, whatever its content type says.
    pub(crate) fn of(
        outcome: std::result::Result<RawResponse, Error>,
        typed: bool,
        operation: &str,
    ) -> Self {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => return Self::Failed(error::json(&error)),
        };
        let metadata = describe(&answer.metadata, operation);
        let body = answer.data;
        if answer.metadata.status == http::StatusCode::NO_CONTENT {
            return Self::Answer { json: None, bytes: None, metadata };
        }
        if !typed && !is_json(&answer.metadata.headers) {
            return Self::Answer { json: None, bytes: Some(body), metadata };
        }
        // The escaped text is another one than the server sent; who wants that gets the bytes.
        let bytes = (!body.is_ascii()).then(|| body.clone());
        Self::Answer { json: Some(ascii::json(&body)), bytes, metadata }
    }

    /// An answer that the core put together from several.
    pub(crate) fn value(outcome: std::result::Result<serde_json::Value, Error>) -> Self {
        match outcome {
            Ok(value) => Self::Answer {
                json: Some(ascii::json(&Bytes::from(value.to_string()))),
                bytes: None,
                metadata: Bytes::new(),
            },
            Err(error) => Self::Failed(error::json(&error)),
        }
    }

    pub(crate) fn aborted() -> Self {
        let error = Error::new(vitable_groups::ErrorKind::Aborted, "Request was aborted.");
        Self::Failed(error::json(&error))
    }

    /// The end of a call whose work panicked.
    pub(crate) fn lost() -> Self {
        let message = "the call ended without a result; please report this";
        Self::Failed(error::json(&Error::new(vitable_groups::ErrorKind::Internal, message)))
    }

    /// Writes `json text, bytes, metadata`, or the error where the text stands.
    pub(crate) fn write(self, env: Env, parts: &mut Array<'_>, place: u32) -> Result<()> {
        match self {
            Self::Answer { json, bytes, metadata } => {
                if let Some(json) = json {
                    parts.set(place, env.create_string_latin1(json)?)?;
                }
                if let Some(bytes) = bytes {
                    parts.set(place + 1, Buffer::from(bytes.to_vec()))?;
                }
                parts.set(place + 2, env.create_string_latin1(metadata)?)
            }
            Self::Failed(error) => {
                parts.set(place, error)?;
                parts.set(place + 2, ())
            }
        }
    }
}

fn is_json(headers: &http::HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

fn describe(metadata: &Metadata, operation: &str) -> Bytes {
    let described = Described {
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
    // Texts, numbers and lists always fit.
    let text = serde_json::to_vec(&described).unwrap_or_default();
    ascii::json(&Bytes::from(text))
}

/// Metadata as JavaScript reads it.
#[derive(Serialize)]
struct Described<'a> {
    operation: &'a str,
    status: u16,
    url: &'a str,
    method: &'a str,
    headers: error::Headers<'a>,
    elapsed: f64,
    attempts: Vec<error::Attempted<'a>>,
    idempotency_key: Option<&'a str>,
    request_id: Option<&'a str>,
    recovered: bool,
    repeated: bool,
}
