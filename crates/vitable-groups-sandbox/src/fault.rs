//! Injected faults, queued by tests.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

use crate::lock::lock;

/// One fault. Every effect is optional; the README describes each.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// An operation's name, or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// How many requests it hits; null: all, until it is cleared.
    times: Times,
    /// How many matching requests to let through first.
    skip: u64,
    pub(crate) hang: Option<When>,
    pub(crate) delay_ms: u64,
    pub(crate) delay_after_ms: u64,
    pub(crate) status: Option<u16>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Value>,
    /// Merged into the operation's own JSON, object by object; null replaces too.
    pub(crate) merge: Option<Value>,
    /// A body of arbitrary bytes.
    pub(crate) body_base64: Option<String>,
    /// The body is sent byte by byte, with this delay between bytes.
    pub(crate) drip_ms: u64,
    /// Whether the operation runs. By default it does, unless the fault replaces the response.
    pub(crate) effect: Option<bool>,
    pub(crate) drop: Option<When>,
    pub(crate) cut_at: Option<usize>,
    pub(crate) garbage: Option<Garbage>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(transparent)]
struct Times(Option<u64>);

impl Default for Times {
    fn default() -> Self {
        Self(Some(1))
    }
}

/// Before or after the operation runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum When {
    Before,
    After,
}

/// Bytes that are not an HTTP response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Garbage {
    Any(bool),
    Text(String),
}

impl Fault {
    /// Parses one fault and rejects one that could never apply.
    pub(crate) fn read(value: &Value, operations: &[&str]) -> Result<Self, String> {
        let fault = Self::deserialize(value).map_err(|error| error.to_string())?;
        if let Some(name) = fault.operation.as_deref()
            && name != "*"
            && !operations.contains(&name)
        {
            return Err(format!("operation: there is no operation {name:?}"));
        }
        if let Some(status) = fault.status
            && !(200..=599).contains(&status)
        {
            return Err("status: must be from 200 to 599".to_owned());
        }
        fault.header_pairs()?;
        if fault.bytes().is_some_and(|bytes| bytes.is_err()) {
            return Err("body_base64: is not base64".to_owned());
        }
        Ok(fault)
    }

    fn matches(&self, operation: Option<&str>) -> bool {
        match self.operation.as_deref() {
            None | Some("*") => true,
            name => name == operation,
        }
    }

    pub(crate) fn status_code(&self) -> Option<StatusCode> {
        self.status.and_then(|status| StatusCode::from_u16(status).ok())
    }

    /// Whether the fault replaces the operation's own response.
    pub(crate) fn replaces_response(&self) -> bool {
        self.status.is_some() || self.body.is_some() || self.body_base64.is_some()
    }

    /// The decoded `body_base64`, if there is one.
    pub(crate) fn bytes(&self) -> Option<Result<Vec<u8>, base64::DecodeError>> {
        self.body_base64.as_deref().map(|text| STANDARD.decode(text))
    }

    /// The headers; a list of values becomes several headers of that name.
    pub(crate) fn header_pairs(&self) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
        let mut pairs = Vec::new();
        for (name, value) in &self.headers {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                one => std::slice::from_ref(one),
            };
            let key = HeaderName::try_from(name.as_str())
                .map_err(|_| format!("headers: {name:?} is not a header name"))?;
            for value in values {
                let text = match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let value = HeaderValue::try_from(text)
                    .map_err(|_| format!("headers.{name}: is not a header value"))?;
                pairs.push((key.clone(), value));
            }
        }
        Ok(pairs)
    }
}

/// The fault queue: each request takes the first fault that matches it.
#[derive(Debug)]
pub(crate) struct Faults {
    queue: Mutex<Queue>,
    release: watch::Sender<u64>,
    hanging: AtomicUsize,
}

#[derive(Debug, Default)]
struct Queue {
    last_id: u64,
    waiting: VecDeque<Queued>,
}

#[derive(Debug, Serialize)]
struct Queued {
    id: u64,
    hits: u64,
    #[serde(flatten)]
    fault: Fault,
}

impl Default for Faults {
    fn default() -> Self {
        Self { queue: Mutex::default(), release: watch::channel(0).0, hanging: AtomicUsize::new(0) }
    }
}

impl Faults {
    /// Queues a fault and returns its ID.
    pub(crate) fn push(&self, fault: Fault) -> u64 {
        let mut queue = lock(&self.queue);
        queue.last_id += 1;
        let id = queue.last_id;
        queue.waiting.push_back(Queued { id, hits: 0, fault });
        id
    }

    /// Takes the fault for a request, with its ID.
    pub(crate) fn take(&self, operation: Option<&str>) -> Option<(u64, Fault)> {
        let mut queue = lock(&self.queue);
        for queued in &mut queue.waiting {
            if !queued.fault.matches(operation) || queued.fault.times == Times(Some(0)) {
                continue;
            }
            if queued.fault.skip > 0 {
                queued.fault.skip -= 1;
                continue;
            }
            queued.hits += 1;
            queued.fault.times = Times(queued.fault.times.0.map(|times| times.saturating_sub(1)));
            return Some((queued.id, queued.fault.clone()));
        }
        None
    }

    /// The faults so far, with their remaining counts.
    pub(crate) fn list(&self) -> Value {
        serde_json::to_value(&lock(&self.queue).waiting).unwrap_or_default()
    }

    /// How many requests are hanging.
    pub(crate) fn hanging(&self) -> usize {
        self.hanging.load(Ordering::SeqCst)
    }

    /// Lets all hanging requests continue.
    pub(crate) fn release(&self) {
        self.release.send_modify(|generation| *generation += 1);
    }

    /// Clears the queue; hanging requests continue.
    pub(crate) fn clear(&self) {
        lock(&self.queue).waiting.clear();
        self.release();
    }

    pub(crate) async fn until_released(&self) {
        let mut release = self.release.subscribe();
        let _counted = Hanging::new(&self.hanging);
        // On an error the sandbox has been dropped, and this request with it.
        let _ = release.changed().await;
    }
}

struct Hanging<'a>(&'a AtomicUsize);

impl<'a> Hanging<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Hanging<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OPERATIONS: [&str; 2] = ["groups.list", "plans.list"];

    fn push(faults: &Faults, value: &Value) -> u64 {
        faults.push(Fault::read(value, &OPERATIONS).unwrap())
    }

    #[test]
    fn the_first_matching_fault_applies() {
        let faults = Faults::default();
        let first = push(&faults, &json!({"operation": "groups.list", "status": 500, "times": 2}));
        let second = push(&faults, &json!({"status": 503, "skip": 1}));
        let take = |operation| faults.take(Some(operation)).map(|(id, _)| id);
        assert_eq!(take("groups.list"), Some(first));
        assert_eq!(take("plans.list"), None);
        assert_eq!(take("groups.list"), Some(first));
        assert_eq!(take("groups.list"), Some(second));
        assert_eq!(take("groups.list"), None);
        assert_eq!(faults.list()[0]["hits"], 2);
        let forever = push(&faults, &json!({"operation": "*", "times": null, "drop": "before"}));
        for _ in 0..3 {
            assert_eq!(faults.take(None).map(|(id, _)| id), Some(forever));
        }
        faults.clear();
        assert_eq!(faults.take(None).map(|(id, _)| id), None);
    }

    #[test]
    fn invalid_faults_are_rejected() {
        for (value, want) in [
            (json!({"operation": "groups.delete"}), "there is no operation"),
            (json!({"status": 99}), "from 200 to 599"),
            (json!({"headers": {"a b": "c"}}), "not a header name"),
            (json!({"headers": {"a": "c\n"}}), "not a header value"),
            (json!({"drop": "later"}), "unknown variant"),
            (json!({"dropped": true}), "unknown field"),
            (json!({"body_base64": "?"}), "not base64"),
        ] {
            let message = Fault::read(&value, &OPERATIONS).unwrap_err();
            assert!(message.contains(want), "{message}");
        }
    }
}
