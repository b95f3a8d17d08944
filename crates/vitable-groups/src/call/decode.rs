//! The body of a success becomes what the operation returns, or an error that names the place.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::envelope::misshapen;
use super::response::{RawResponse, Response};
use crate::error::{Error, ErrorKind};

pub(crate) type Decode<T> = fn(&Bytes) -> Result<T, Error>;

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
        let error = error.unwrap_or_else(misshapen);
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
