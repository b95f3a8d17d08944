//! Forwards the core's events to Python's `logging`: through a bounded queue, which the thread that
//! made the call drains.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, Once, PoisonError};

use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The queue's limit; beyond it, the oldest lines are dropped and counted.
const CAPACITY: usize = 2048;

/// A level of `logging` divided by ten: 1 debug, 2 info, 3 warning; 0 is off.
static LEVEL: AtomicU8 = AtomicU8::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);
static LINES: Mutex<VecDeque<(u8, String)>> = Mutex::new(VecDeque::new());
static INSTALL: Once = Once::new();

/// Sets the minimum level to collect; 0 collects nothing.
#[pyfunction]
pub(crate) fn set_log_level(level: u8) {
    if level > 0 {
        INSTALL.call_once(|| {
            // If the process has another subscriber, it stays and gets the events.
            let _ = tracing::subscriber::set_global_default(
                tracing_subscriber::registry().with(Collect),
            );
        });
    }
    if LEVEL.swap(level, Ordering::Relaxed) != level {
        tracing::callsite::rebuild_interest_cache();
    }
}

/// Passes the lines to `logging`; a handler that raises does not end the call.
pub(crate) fn drain(py: Python<'_>) {
    if LEVEL.load(Ordering::Relaxed) == 0 {
        return;
    }
    let lines = std::mem::take(&mut *LINES.lock().unwrap_or_else(PoisonError::into_inner));
    if lines.is_empty() {
        return;
    }
    let lines: Vec<_> = lines.into_iter().collect();
    let dropped = DROPPED.swap(0, Ordering::Relaxed);
    let emitted = py
        .import("vitable_groups._logs")
        .and_then(|module| module.call_method1("emit", (lines, dropped)));
    if let Err(error) = emitted {
        error.write_unraisable(py, None);
    }
}

struct Collect;

fn level_of(metadata: &Metadata<'_>) -> u8 {
    match *metadata.level() {
        Level::ERROR => 4,
        Level::WARN => 3,
        Level::INFO => 2,
        Level::DEBUG | Level::TRACE => 1,
    }
}

fn is_collected(metadata: &Metadata<'_>) -> bool {
    let level = LEVEL.load(Ordering::Relaxed);
    let ours = metadata.target().starts_with("vitable_groups");
    ours && level > 0 && (metadata.is_span() || level_of(metadata) >= level)
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Collect {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> tracing::subscriber::Interest {
        tracing::subscriber::Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        is_collected(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut text = Text(String::new());
            attributes.record(&mut text);
            span.extensions_mut().insert(text);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = String::new();
        if let Some(span) = context.event_span(event)
            && let Some(text) = span.extensions().get::<Text>()
        {
            line.push_str(text.0.trim_start());
            line.push(':');
        }
        let mut text = Text(line);
        event.record(&mut text);
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= CAPACITY {
            lines.pop_front();
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
        lines.push_back((level_of(event.metadata()), text.0));
    }
}

/// Fields as text: the message without a name, others as `name=value`.
struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
