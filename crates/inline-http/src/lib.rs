//! HTTP/1.1 whose connections are polled by the call that uses them.
//!
#![doc = include_str!("../README.md")]

pub mod connect;
#[cfg(unix)]
mod connection;
mod decode;
mod error;
#[cfg(unix)]
mod pool;
#[cfg(unix)]
mod reactor;
#[cfg(unix)]
mod reaper;
mod request;
mod response;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod transport;

pub use decode::{ACCEPTED, Coding, Decoded, decoded};
pub use error::{BoxError, Error, ErrorKind};
#[cfg(unix)]
pub use reactor::Reactor;
pub use request::Request;
pub use response::{LOST, MALFORMED, TOO_LARGE};
#[cfg(unix)]
pub use response::{Response, ResponseBody};
#[cfg(unix)]
pub use socket::poll_inline;
#[cfg(unix)]
pub use transport::{Config, InlineTransport, TlsSource};

/// The time by which connections age and threads block. Sockets know no other.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "sockets know real time only")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}
