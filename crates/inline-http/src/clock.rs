//! Real time, for idle timeouts and blocking reads: sockets have no virtual clock.

#[expect(clippy::disallowed_methods, reason = "sockets use real time")]
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}
