//! Keys and member data that would be recognised anywhere, through every operation and every
//! failure: none may be seen in logs, errors, Debug texts or crashes.
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

use common::World;
use tracing_subscriber::fmt::MakeWriter;
use vitable_groups::testing::ScriptedResponse;
use vitable_groups::{Error, ErrorKind, operation};

pub(crate) const KEY: &str = "vit_apk_canary";
/// What is given to the library; a test that searches also proves that it was given.
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

/// Everything that was logged by anyone in this process, at every level.
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

/// Listens to `tracing` and to `log`, to all targets and levels, with the spans and their fields.
pub(crate) fn listen() {
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

/// Nothing is found in what was printed, nor in what was logged so far.
pub(crate) fn assert_silent(printed: &str) {
    for (place, text) in [("print", printed), ("the log", &logged())] {
        if let Some(canary) = found(text).first() {
            let line = text.lines().find(|line| line.contains(canary)).unwrap_or_default();
            panic!("{canary} is in {place}: {line}");
        }
    }
}

/// All that a program may print of an error, its causes included.
pub(crate) fn print(error: &Error) -> String {
    let mut printed = format!("{error}\n{error:?}\n{error:#?}\n{:?}\n", error.details());
    let mut source = error.source();
    while let Some(cause) = source {
        printed += &format!("{cause}\n{cause:?}\n{cause:#?}\n");
        source = cause.source();
    }
    printed
}

/// Answers of servers that repeat what they were sent, in places where no message is expected.
fn failures() -> Vec<ScriptedResponse> {
    let echo = calls::echo();
    let mut scripts: Vec<ScriptedResponse> =
        [400, 401, 403, 404, 409, 422, 429, 500, 503, 302, 999]
            .map(|status| ScriptedResponse::json(status, echo.clone()))
            .into();
    scripts.push(ScriptedResponse::json(200, echo.clone()));
    scripts.push(ScriptedResponse::json(200, echo.clone()).cut(Duration::ZERO));
    scripts.push(ScriptedResponse::json(200, format!(r#"{{"data": {echo}, "pagination": 7}}"#)));
    scripts.push(
        ScriptedResponse::json(200, &b"\x1f\x8b not gzip"[..]).header("content-encoding", "gzip"),
    );
    scripts.push(ScriptedResponse::status(503).header("retry-after", "3600"));
    scripts.extend([
        ScriptedResponse::reset(),
        ScriptedResponse::refused(),
        ScriptedResponse::hang(),
    ]);
    scripts
}

#[test]
fn every_operation_is_silent_in_every_failure() {
    listen();
    let mut printed = String::new();
    let mut kinds = BTreeSet::new();
    let mut sent = String::new();
    for operation in operation::ALL {
        for script in failures() {
            let world = World::with([script], |b| {
                b.max_retries(1)
                    .deadline(Duration::from_secs(90))
                    .default_header("x-own", "canary-header")
            });
            match world.run(calls::call(&world.client, operation.name)) {
                Ok(answer) => printed += &answer,
                Err(error) => {
                    kinds.insert(error.kind().code());
                    printed += &print(&error);
                }
            }
            printed += &format!("{:?} {:?}\n", world.client, world.client.derive());
            for request in world.transport.requests() {
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
    assert_eq!(found(&sent), CANARIES, "the servers were given all of them");
    for error in calls::own_failures() {
        kinds.insert(error.kind().code());
        printed += &print(&error);
    }
    let all: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(kinds, all, "a kind of error was not met");
    assert!(logged().contains("trying again"), "the log was heard");
    assert_silent(&printed);
}

/// A search that finds nothing must be one that can find something.
#[test]
fn the_search_finds_what_is_there() {
    for canary in CANARIES {
        assert_eq!(found(&format!("before {canary} after")), [canary]);
    }
    let error = Error::new(ErrorKind::Internal, "about CanaryFirst");
    assert_eq!(found(&print(&error)), ["CanaryFirst"]);
}
