//! The client's log, written to standard error with `-v` or the log variable.

use std::io;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use vitable_groups::env;

/// Enables the log at the level given by `-v` or, without it, by the library's log variable.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => std::env::var(env::LOG).ok().and_then(|name| name.trim().parse().ok()),
        1 => Some(LevelFilter::INFO),
        2 => Some(LevelFilter::DEBUG),
        _ => Some(LevelFilter::TRACE),
    };
    let Some(level) = level.filter(|level| *level != LevelFilter::OFF) else { return };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(false)
        .without_time()
        .compact();
    // Only our own targets: HTTP libraries may log headers at trace level.
    let ours = Targets::new().with_target("vitable_groups", level);
    // Fails only if a log was started before.
    let _ = tracing_subscriber::registry().with(lines).with(ours).try_init();
}
