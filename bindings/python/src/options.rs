//! Request options and calls, from Python values.

use bytes::Bytes;
use http::Method;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde_json::Value;
use vitable_groups::model::Field;
use vitable_groups::{Call, Error, ErrorKind, RequestOptions, operation};

use crate::config::{get, seconds};

/// A deadline that several calls share; it is meaningless in another process.
#[pyclass(frozen, module = "vitable_groups._native")]
#[derive(Clone, Copy)]
pub(crate) struct Deadline(pub(crate) vitable_groups::Deadline);

/// Options of one call: `timeout`, `connect_timeout`, `deadline` (None: no limit; missing: the
/// client's), `until` (a shared `Deadline`, which replaces `deadline`), `max_retries`, `headers`,
/// `query`, `extra_body`, `idempotency_key`, `organization`, `allow_other_origin`.
pub(crate) fn request_options(given: Option<&Bound<'_, PyDict>>) -> PyResult<RequestOptions> {
    let mut options = RequestOptions::new();
    let Some(given) = given else { return Ok(options) };
    options.timeout = limit(given, "timeout")?;
    options.connect_timeout = limit(given, "connect_timeout")?;
    options.deadline = limit(given, "deadline")?;
    if let Some(until) = given.get_item("until")? {
        options.until = Some(until.cast::<Deadline>()?.get().0);
    }
    options.max_retries = get(given, "max_retries")?;
    options.headers = get(given, "headers")?.unwrap_or_default();
    options.query = get(given, "query")?.unwrap_or_default();
    let body: Vec<(String, Option<Vec<u8>>)> = get(given, "extra_body")?.unwrap_or_default();
    for (name, text) in body {
        let value = text.map(|text| serde_json::from_slice::<Value>(&text)).transpose();
        let value = value.map_err(|error| PyValueError::new_err(error.to_string()))?;
        options.body.push((name, value));
    }
    options.idempotency_key = get(given, "idempotency_key")?;
    options.organization = get(given, "organization")?;
    options.allow_other_origin = get(given, "allow_other_origin")?.unwrap_or_default();
    Ok(options)
}

fn limit(given: &Bound<'_, PyDict>, key: &str) -> PyResult<Field<std::time::Duration>> {
    Ok(match given.get_item(key)? {
        None => Field::Absent,
        Some(value) if value.is_none() => Field::Null,
        Some(value) => Field::Value(seconds(value.extract()?)),
    })
}

/// A call of an operation, by its name; path parameters are in path order.
pub(crate) fn call(
    name: &str,
    path: &Bound<'_, PyTuple>,
    query: Option<Vec<(String, String)>>,
    body: Option<Vec<u8>>,
    options: RequestOptions,
) -> PyResult<Result<Call, Error>> {
    let path: Vec<String> = path.extract()?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some(operation) = operation::find(name) else {
        return Err(PyValueError::new_err(format!("no operation is named {name}")));
    };
    let extras = !options.body.is_empty();
    Ok(Call::new(operation, &path, options).and_then(|call| finish(call, query, body, extras)))
}

/// A call of an endpoint without an operation.
pub(crate) fn raw_call(
    method: &str,
    path: &str,
    query: Option<Vec<(String, String)>>,
    body: Option<Vec<u8>>,
    options: RequestOptions,
) -> Result<Call, Error> {
    let method = method.parse::<Method>().map_err(|_| {
        Error::new(ErrorKind::InvalidArgument, format!("`{method}` is not an HTTP method"))
    })?;
    let extras = !options.body.is_empty();
    Call::raw(method, path, options).and_then(|call| finish(call, query, body, extras))
}

fn finish(
    call: Call,
    query: Option<Vec<(String, String)>>,
    body: Option<Vec<u8>>,
    extras: bool,
) -> Result<Call, Error> {
    let call = call.with_query(query.unwrap_or_default());
    match body {
        None => Ok(call),
        Some(body) if !extras => Ok(call.with_body(Bytes::from(body))),
        Some(body) => {
            // The core adds the extra fields.
            let body: Value = serde_json::from_slice(&body).map_err(|error| {
                Error::new(ErrorKind::InvalidArgument, format!("the body is not JSON: {error}"))
            })?;
            call.with_json(&body)
        }
    }
}
