//! What a panic says, where it is ours.

use std::io::Write as _;
use std::sync::Once;

/// From now on a panic prints where it was, and a backtrace if one is wanted, but not its words:
/// those of a dependency may repeat what it was given, which may be member data.
///
/// Bindings and programs call it when they start. It sets the hook of the process, or, in a shared
/// library that brings its own standard library, of that library alone; a Rust program that uses
/// this crate keeps its own.
///
/// ```
/// vitable_groups::binding::hide_panic_messages();
/// ```
pub fn hide_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let trace = std::backtrace::Backtrace::capture();
            let mut out = std::io::stderr().lock();
            // Nobody is left to be told that it cannot be told.
            let _ = writeln!(out, "vitable-groups panicked at {place}; please report this");
            if trace.status() == std::backtrace::BacktraceStatus::Captured {
                let _ = writeln!(out, "stack backtrace:\n{trace}");
            }
        }));
    });
}
