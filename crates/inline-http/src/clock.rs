//! The time by which connections age and threads block. Sockets know no other.

#[expect(clippy::disallowed_methods, reason = "sockets know real time only")]
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}
