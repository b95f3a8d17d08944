//! Sends recognizable keys and member data through every operation and every failure: they must not
//! appear in logs, errors, debug output or crashes.
#![allow(clippy::unwrap_used, clippy::panic, clippy::format_push_string, reason = "test code")]

mod calls;
#[path = "../common/mod.rs"]
mod common;
mod crash;
mod network;
mod values;

use std::collections::BTreeSet;
use std::error::Error as _;
use std::io::Write;
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use common::TestClient;
use tracing_subscriber::fmt::MakeWriter;
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{Error, ErrorKind, operation};

pub(crate) const KEY: &str = "vit_apk_canary";
/// Values passed to the library. Each test that searches for them also checks that they were sent.
pub(crate) const CANARIES: [&str; 12] = [
    KEY,
    "CanaryFirst",
    "CanaryLast",
    "1977-07-07",
    "5550177177",
    "canary@example.com",
    "77 Canary Road",
    "CanaryFlat",
    "CanaryCity",
    "99977-4417",
    "canary-nickname",
    "canary-header",
];

/// Everything logged in this process, at every level.
static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line.as_bytes());
    }
    fn flush(&self) {}
}

/// Captures `tracing` and `log` output of all targets and levels, including spans and their fields.
pub(crate) fn capture_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(Sink)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        log::set_logger(&Sink).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

pub(crate) fn found(text: &str) -> Vec<&'static str> {
    CANARIES.into_iter().filter(|canary| text.contains(canary)).collect()
}

/// Asserts that no canary was printed, or logged so far.
pub(crate) fn assert_silent(printed: &str) {
    for (source, text) in [("print", printed), ("the log", &logged())] {
        if let Some(canary) = found(text).first() {
            let line = text.lines().find(|line| line.contains(canary)).unwrap_or_default();
            panic!("{canary} is in {source}: {line}");
        }
    }
}

/// Everything that a program may print of an error, including its causes.
pub(crate) fn print(error: &Error) -> String {
    let mut printed = format!("{error}\n{error:?}\n{error:#?}\n{:?}\n", error.details());
    let mut source = error.source();
    while let Some(cause) = source {
        printed += &format!("{cause}\n{cause:?}\n{cause:#?}\n");
        source = cause.source();
    }
    printed
}

/// Responses of servers that echo the request where no message is expected.
fn failures() -> Vec<ScriptedResponse> {
    let echo = calls::echo();
    let mut responses: Vec<ScriptedResponse> =
        [400, 401, 403, 404, 409, 422, 429, 500, 503, 302, 999]
            .map(|status| ScriptedResponse::json(status, echo.clone()))
            .into();
    responses.push(ScriptedResponse::json(200, echo.clone()));
    responses.push(ScriptedResponse::json(200, echo.clone()).truncated_after(Duration::ZERO));
    responses.push(ScriptedResponse::json(200, format!(r#"{{"data": {echo}, "pagination": 7}}"#)));
    responses.push(
        ScriptedResponse::json(200, &b"\x1f\x8b not gzip"[..]).header("content-encoding", "gzip"),
    );
    responses.push(ScriptedResponse::status(503).header("retry-after", "3600"));
    responses.extend([
        ScriptedResponse::reset(),
        ScriptedResponse::refused(),
        ScriptedResponse::hang(),
    ]);
    responses
}

#[test]
fn no_operation_reveals_data_in_any_failure() {
    capture_logs();
    let mut printed = String::new();
    let mut kinds = BTreeSet::new();
    let mut sent = String::new();
    for operation in operation::ALL {
        for response in failures() {
            let test = TestClient::with([response], |b| {
                b.max_retries(1)
                    .deadline(Duration::from_secs(90))
                    .default_header("x-own", "canary-header")
            });
            match test.run(calls::call(&test.client, operation.name)) {
                Ok(response) => printed += &response,
                Err(error) => {
                    kinds.insert(error.kind().code());
                    printed += &print(&error);
                }
            }
            printed += &format!("{:?} {:?}\n", test.client, test.client.derive());
            for request in test.transport.requests() {
                printed += &format!("{request:?}");
                sent += &String::from_utf8_lossy(request.body.as_deref().unwrap_or_default());
                sent += &format!(
                    "{:?} {:?}\n",
                    request.header("authorization"),
                    request.header("x-own")
                );
            }
        }
    }
    assert_eq!(found(&sent), CANARIES, "all of them were sent");
    for error in calls::local_errors() {
        kinds.insert(error.kind().code());
        printed += &print(&error);
    }
    let all: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(kinds, all, "a kind of error did not occur");
    assert!(logged().contains("retrying"), "logs are captured");
    assert_silent(&printed);
}

/// The search must be able to find canaries.
#[test]
fn the_search_finds_canaries() {
    for canary in CANARIES {
        assert_eq!(found(&format!("before {canary} after")), [canary]);
    }
    let error = Error::new(ErrorKind::Internal, "about CanaryFirst");
    assert_eq!(found(&print(&error)), ["CanaryFirst"]);
}
