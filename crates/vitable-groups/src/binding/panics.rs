//! A panic hook that keeps member data out of the output.

use std::io::Write as _;
use std::sync::Once;

/// Installs a panic hook that prints the location of a panic, and a backtrace if enabled, but not
/// its message: the message of a dependency may contain its input, which may be member data.
///
/// Bindings and programs call it when they start. It sets the hook of the process, or of the shared
/// library alone if that has its own copy of the standard library. This crate never calls it.
///
/// ```
/// vitable_groups::binding::hide_panic_messages();
/// ```
pub fn hide_panic_messages() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let location = panic.location().map(ToString::to_string).unwrap_or_default();
            let trace = std::backtrace::Backtrace::capture();
            let mut out = std::io::stderr().lock();
            // If stderr fails, there is nowhere left to report.
            let _ = writeln!(out, "vitable-groups panicked at {location}; please report this");
            if trace.status() == std::backtrace::BacktraceStatus::Captured {
                let _ = writeln!(out, "stack backtrace:\n{trace}");
            }
        }));
    });
}
