//! Plays a fault around an operation, in a fixed order: hang, delay, drop; the operation; hang,
//! delay, drop, garbage, cut, or another answer.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::drip::Drip;
use crate::api::{Answer, Code, Problem};
use crate::fault::{Fault, Garbage, When};
use crate::world::World;

/// What becomes of the connection instead of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Ending {
    Drop,
    /// These bytes are written as they are, then the connection is closed.
    Raw(Bytes),
}

/// Runs the operation with the fault around it.
///
/// The order of the steps is that of the README.
pub(crate) async fn play(
    world: &World,
    fault: Option<Fault>,
    operation: impl Future<Output = Answer>,
) -> Result<Response, Ending> {
    let Some(fault) = fault else { return Ok(operation.await.into()) };
    if fault.hang == Some(When::Before) {
        world.faults.until_released().await;
    }
    sleep(fault.delay_ms).await;
    if fault.drop == Some(When::Before) {
        return Err(Ending::Drop);
    }
    let own =
        if fault.effect.unwrap_or(!fault.makes_answer()) { Some(operation.await) } else { None };
    if fault.hang == Some(When::After) {
        world.faults.until_released().await;
    }
    sleep(fault.delay_after_ms).await;
    if fault.drop == Some(When::After) {
        return Err(Ending::Drop);
    }
    match &fault.garbage {
        Some(Garbage::Any(true)) => {
            return Err(Ending::Raw(Bytes::from_static(b"\x16\x03\x01 this is no HTTP answer\n")));
        }
        Some(Garbage::Text(text)) => return Err(Ending::Raw(text.clone().into())),
        Some(Garbage::Any(false)) | None => {}
    }
    let answer = changed(world, &fault, own);
    match fault.cut_at {
        Some(length) => Err(Ending::Raw(cut(&answer, length))),
        None if fault.drip_ms > 0 => Ok(dripping(answer, fault.drip_ms)),
        None => Ok(answer.into()),
    }
}

fn dripping(answer: Answer, millis: u64) -> Response {
    let drip = Drip::new(answer.body, Duration::from_millis(millis));
    let mut response = Response::new(Body::new(drip));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

#[expect(clippy::disallowed_methods, reason = "a fault's delay is real, to be felt by timeouts")]
async fn sleep(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// The operation's own answer, or the made up one, with the fault's headers.
fn changed(world: &World, fault: &Fault, own: Option<Answer>) -> Answer {
    let mut answer = match own {
        Some(own) if !fault.makes_answer() => merged(own, fault.merge.as_ref()),
        own => {
            made_up(world, fault, own.map_or(StatusCode::INTERNAL_SERVER_ERROR, |own| own.status))
        }
    };
    // Checked when the fault was queued.
    let pairs = fault.header_pairs().unwrap_or_default();
    for (name, _) in &pairs {
        answer.headers.remove(name);
    }
    for (name, value) in pairs {
        answer.headers.append(name, value);
    }
    answer
}

/// The operation's own answer with some of its values replaced.
fn merged(own: Answer, changes: Option<&Value>) -> Answer {
    let Some(changes) = changes else { return own };
    let Ok(mut body) = serde_json::from_slice(&own.body) else { return own };
    merge(&mut body, changes);
    Answer { body: body.to_string().into(), ..own }
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

fn made_up(world: &World, fault: &Fault, otherwise: StatusCode) -> Answer {
    let status = fault.status_code().unwrap_or(otherwise);
    if let Some(Ok(bytes)) = fault.bytes() {
        let mut answer = Answer { status, headers: HeaderMap::new(), body: bytes.into() };
        let form = HeaderValue::from_static("application/octet-stream");
        answer.headers.insert(header::CONTENT_TYPE, form);
        return answer;
    }
    match &fault.body {
        Some(Value::String(text)) => {
            let mut answer =
                Answer { status, headers: HeaderMap::new(), body: text.clone().into() };
            let form = if text.trim_start().starts_with('<') { "text/html" } else { "text/plain" };
            answer.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form));
            answer
        }
        Some(json) => Answer::json(status, json),
        None => {
            let code = Code::of_status(status).unwrap_or(Code::InternalError);
            let reason = status.canonical_reason().unwrap_or("Something happened");
            let mut answer =
                world.problem(&Problem::new(code, format!("{reason} (a queued fault)")));
            answer.status = status;
            answer
        }
    }
}

/// The answer in bytes, announcing the whole body and ending after `length` bytes of it.
fn cut(answer: &Answer, length: usize) -> Bytes {
    let mut bytes = BytesMut::new();
    let status = answer.status;
    let reason = status.canonical_reason().unwrap_or("");
    bytes.put_slice(format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).as_bytes());
    for (name, value) in &answer.headers {
        bytes.put_slice(name.as_str().as_bytes());
        bytes.put_slice(b": ");
        bytes.put_slice(value.as_bytes());
        bytes.put_slice(b"\r\n");
    }
    // One more than there is when nothing would be cut off.
    let announced = answer.body.len().max(length.saturating_add(1));
    bytes.put_slice(format!("content-length: {announced}\r\n\r\n").as_bytes());
    bytes.put_slice(answer.body.get(..length).unwrap_or(&answer.body));
    bytes.freeze()
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let mut response = Self::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        response
    }
}
