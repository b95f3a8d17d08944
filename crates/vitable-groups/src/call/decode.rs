//! Decodes response bodies; errors name the path that does not match, but no values.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::envelope::unexpected_body;
use super::response::{RawResponse, Response};
use crate::error::{Error, ErrorKind};

pub(crate) type Decode<T> = fn(&Bytes) -> Result<T, Error>;

/// Decodes a response; an error keeps the response.
pub(crate) fn decode_response<T>(
    response: RawResponse,
    operation: &str,
    decode: Decode<T>,
) -> Result<Response<T>, Error> {
    match decode(&response.data) {
        Ok(data) => Ok(response.map(|_| data)),
        Err(error) => Err(with_response(error, response, operation)),
    }
}

pub(crate) fn with_response(error: Error, response: RawResponse, operation: &str) -> Error {
    let Response { data, metadata } = response;
    let is_write = metadata.method != http::Method::GET;
    error
        .with_operation(operation)
        .with_response(metadata.status.as_u16(), metadata.headers, &data)
        .with_attempts(metadata.attempts)
        .with_idempotency_key(metadata.idempotency_key)
        .with_outcome_unknown(is_write)
}

impl Error {
    /// The error for a success response with an unexpected body; for bindings, which decode bodies
    /// themselves.
    pub fn unreadable(response: RawResponse, operation: &str) -> Self {
        // The binding may have skipped the check, whose error is more precise.
        let response = match response.checked(operation) {
            Ok(response) => response,
            Err(error) => return error,
        };
        let error = decode::<serde::de::IgnoredAny>(&response.data).err();
        let error = error.unwrap_or_else(unexpected_body);
        with_response(error, response, operation)
    }
}

pub(crate) fn decode<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    // Validating UTF-8 once is faster than once per string.
    let decoded = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    decoded.map_err(|_| decode_error::<T>(body))
}

/// Decodes the body again, slowly, to find the path that does not match. Omits values.
fn decode_error<T: DeserializeOwned>(body: &Bytes) -> Error {
    let mut input = serde_json::Deserializer::from_slice(body);
    let location = match serde_path_to_error::deserialize::<_, T>(&mut input) {
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
    let message = if body.is_empty() {
        "the response body is empty".to_owned()
    } else {
        format!("the response body is not what the operation returns, {location}")
    };
    Error::new(ErrorKind::ResponseValidation, message)
}
