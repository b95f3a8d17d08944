//! Injects a fault around an operation, in a fixed order: hang, delay, drop; the operation; hang,
//! delay, drop, garbage, then the response, possibly replaced or truncated.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::drip::Drip;
use crate::api::{ApiResponse, Code, Problem};
use crate::fault::{Fault, Garbage, When};
use crate::server_state::ServerState;

/// How the connection ends instead of sending a response.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Drop,
    /// Writes these bytes as they are, then closes the connection.
    Raw(Bytes),
}

/// Runs the operation with the fault around it.
///
/// The README documents the order of the steps.
pub(crate) async fn run_with_fault(
    state: &ServerState,
    fault: Option<Fault>,
    operation: impl Future<Output = ApiResponse>,
) -> Result<Response, Ending> {
    let Some(fault) = fault else { return Ok(operation.await.into()) };
    if fault.hang == Some(When::Before) {
        state.faults.until_released().await;
    }
    sleep(fault.delay_ms).await;
    if fault.drop == Some(When::Before) {
        return Err(Ending::Drop);
    }
    let own = if fault.effect.unwrap_or(!fault.replaces_response()) {
        Some(operation.await)
    } else {
        None
    };
    if fault.hang == Some(When::After) {
        state.faults.until_released().await;
    }
    sleep(fault.delay_after_ms).await;
    if fault.drop == Some(When::After) {
        return Err(Ending::Drop);
    }
    match &fault.garbage {
        Some(Garbage::Any(true)) => {
            return Err(Ending::Raw(Bytes::from_static(
                b"\x16\x03\x01 this is not an HTTP response\n",
            )));
        }
        Some(Garbage::Text(text)) => return Err(Ending::Raw(text.clone().into())),
        Some(Garbage::Any(false)) | None => {}
    }
    let response = changed(state, &fault, own);
    match fault.cut_at {
        Some(length) => Err(Ending::Raw(truncated(&response, length))),
        None if fault.drip_ms > 0 => Ok(dripping(response, fault.drip_ms)),
        None => Ok(response.into()),
    }
}

fn dripping(response: ApiResponse, millis: u64) -> Response {
    let drip = Drip::new(response.body, Duration::from_millis(millis));
    http_response(response.status, response.headers, Body::new(drip))
}

fn http_response(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

#[expect(clippy::disallowed_methods, reason = "injected delays are real, so that timeouts expire")]
async fn sleep(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// The operation's own response or its replacement, with the fault's headers.
fn changed(state: &ServerState, fault: &Fault, own: Option<ApiResponse>) -> ApiResponse {
    let mut response = match own {
        Some(own) if !fault.replaces_response() => merged(own, fault.merge.as_ref()),
        own => replacement(
            state,
            fault,
            own.map_or(StatusCode::INTERNAL_SERVER_ERROR, |own| own.status),
        ),
    };
    // Validated when the fault was queued.
    let pairs = fault.header_pairs().unwrap_or_default();
    for (name, _) in &pairs {
        response.headers.remove(name);
    }
    for (name, value) in pairs {
        response.headers.append(name, value);
    }
    response
}

/// The operation's own response with some of its values replaced.
fn merged(own: ApiResponse, changes: Option<&Value>) -> ApiResponse {
    let Some(changes) = changes else { return own };
    let Ok(mut body) = serde_json::from_slice(&own.body) else { return own };
    merge(&mut body, changes);
    ApiResponse { body: body.to_string().into(), ..own }
}

fn merge(value: &mut Value, changes: &Value) {
    match (value, changes) {
        (Value::Object(values), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(values.entry(name.as_str()).or_insert(Value::Null), change);
            }
        }
        (value, change) => *value = change.clone(),
    }
}

fn replacement(state: &ServerState, fault: &Fault, otherwise: StatusCode) -> ApiResponse {
    let status = fault.status_code().unwrap_or(otherwise);
    if let Some(Ok(bytes)) = fault.bytes() {
        let mut response = ApiResponse { status, headers: HeaderMap::new(), body: bytes.into() };
        let form = HeaderValue::from_static("application/octet-stream");
        response.headers.insert(header::CONTENT_TYPE, form);
        return response;
    }
    match &fault.body {
        Some(Value::String(text)) => {
            let mut response =
                ApiResponse { status, headers: HeaderMap::new(), body: text.clone().into() };
            let form = if text.trim_start().starts_with('<') { "text/html" } else { "text/plain" };
            response.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form));
            response
        }
        Some(json) => ApiResponse::json(status, json),
        None => {
            let code = Code::of_status(status).unwrap_or(Code::InternalError);
            let reason = status.canonical_reason().unwrap_or("Error");
            let mut response =
                state.problem(&Problem::new(code, format!("{reason} (an injected fault)")));
            response.status = status;
            response
        }
    }
}

/// The response as bytes: announces the whole body, but ends after `length` bytes of it.
fn truncated(response: &ApiResponse, length: usize) -> Bytes {
    let mut bytes = BytesMut::new();
    let status = response.status;
    let reason = status.canonical_reason().unwrap_or("");
    bytes.put_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
    for (name, value) in &response.headers {
        bytes.put_slice(name.as_str().as_bytes());
        bytes.put_slice(b": ");
        bytes.put_slice(value.as_bytes());
        bytes.put_slice(b"\r\n");
    }
    // At least one byte more than is sent, so that the body is always incomplete.
    let announced = response.body.len().max(length.saturating_add(1));
    bytes.put_slice(format!("content-length: {announced}\r\n\r\n").as_bytes());
    bytes.put_slice(response.body.get(..length).unwrap_or(&response.body));
    bytes.freeze()
}

impl From<ApiResponse> for Response {
    fn from(response: ApiResponse) -> Self {
        http_response(response.status, response.headers, Body::from(response.body))
    }
}
