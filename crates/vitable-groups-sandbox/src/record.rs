//! Recorded requests, for tests that inspect what they sent.

use std::collections::VecDeque;
use std::sync::Mutex;

use http::request::Parts;
use serde::Serialize;

use crate::lock::lock;

/// How many requests are kept; beyond that, the oldest are dropped.
const MAX_REQUESTS: usize = 10_000;
/// How many bytes of bodies are kept in total.
const MAX_BODY_BYTES: usize = 64 << 20;

/// One recorded request.
///
/// ```
/// use std::io::{Read, Write};
/// use vitable_groups_sandbox::Sandbox;
///
/// let sandbox = Sandbox::builder().spawn()?;
/// let mut client = std::net::TcpStream::connect(sandbox.address())?;
/// client.write_all(b"GET /v1/plans?page=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
/// client.read_to_end(&mut Vec::new())?;
///
/// let request = sandbox.control().requests().remove(0);
/// assert_eq!(request.operation, Some("plans.list"));
/// assert_eq!(request.query.as_deref(), Some("page=1"));
/// assert_eq!(request.header("host"), Some("x"));
/// assert_eq!(request.status, Some(401));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts from 1.
    pub id: u64,
    /// Name of the operation; null for an unknown path or method.
    pub operation: Option<&'static str>,
    /// `GET`, `POST`, ...
    pub method: String,
    /// As sent, not decoded.
    pub path: String,
    /// As sent, without the question mark; null if there is no query.
    pub query: Option<String>,
    /// In order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// As text; invalid UTF-8 is replaced.
    pub body: String,
    /// Status of the response; null before it is sent, and for faults that send none.
    pub status: Option<u16>,
    /// The client closed the connection before the response was ready.
    pub aborted: bool,
    /// The ID of the injected fault, if any.
    pub fault: Option<u64>,
}

impl RecordedRequest {
    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    last_id: u64,
    body_bytes: usize,
    requests: VecDeque<RecordedRequest>,
}

impl Recorder {
    pub(crate) fn begin(&self, operation: Option<&'static str>, parts: &Parts) -> Entry<'_> {
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let mut log = lock(&self.0);
        log.last_id += 1;
        let id = log.last_id;
        log.requests.push_back(RecordedRequest {
            id,
            operation,
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body: String::new(),
            status: None,
            aborted: false,
            fault: None,
        });
        log.trim();
        Entry { recorder: self, id, done: false }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        lock(&self.0).requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut log = lock(&self.0);
        log.requests.clear();
        log.body_bytes = 0;
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut RecordedRequest)) {
        if let Some(request) = lock(&self.0).requests.iter_mut().rfind(|entry| entry.id == id) {
            change(request);
        }
    }
}

impl Log {
    fn trim(&mut self) {
        while self.requests.len() > MAX_REQUESTS || self.body_bytes > MAX_BODY_BYTES {
            let Some(oldest) = self.requests.pop_front() else { break };
            self.body_bytes = self.body_bytes.saturating_sub(oldest.body.len());
        }
    }
}

/// A request in progress. If it is dropped before [`Entry::done`], the client has aborted it.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    recorder: &'a Recorder,
    id: u64,
    done: bool,
}

impl Entry<'_> {
    pub(crate) fn body(&self, body: &[u8]) {
        let text = String::from_utf8_lossy(body).into_owned();
        let length = text.len();
        self.recorder.change(self.id, |request| request.body = text);
        let mut log = lock(&self.recorder.0);
        log.body_bytes += length;
        log.trim();
    }

    pub(crate) fn fault(&self, fault: u64) {
        self.recorder.change(self.id, |request| request.fault = Some(fault));
    }

    pub(crate) fn done(mut self, status: Option<u16>) {
        self.done = true;
        self.recorder.change(self.id, |request| request.status = status);
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.recorder.change(self.id, |request| request.aborted = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &str) -> Parts {
        http::Request::get(path).body(()).unwrap().into_parts().0
    }

    #[test]
    fn the_oldest_are_dropped() {
        let recorder = Recorder::default();
        for _ in 0..=MAX_REQUESTS {
            recorder.begin(None, &parts("/")).done(Some(200));
        }
        let all = recorder.all();
        assert_eq!((all.len(), all[0].id), (MAX_REQUESTS, 2));

        recorder.clear();
        for _ in 0..5 {
            let entry = recorder.begin(None, &parts("/"));
            entry.body(&vec![b'x'; MAX_BODY_BYTES / 4]);
            entry.done(Some(200));
        }
        assert_eq!(recorder.all().len(), 4);
    }

    #[test]
    fn an_entry_that_is_not_done_is_aborted() {
        let recorder = Recorder::default();
        drop(recorder.begin(None, &parts("/a")));
        recorder.begin(None, &parts("/b")).done(None);
        let aborted: Vec<bool> = recorder.all().iter().map(|request| request.aborted).collect();
        assert_eq!(aborted, [true, false]);
    }
}
