//! HTTP/1.1 whose connections are polled by the call that uses them.
//!
#![doc = include_str!("../README.md")]

#[cfg(unix)]
mod body;
#[cfg(unix)]
mod clock;
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
pub use error::{BoxError, Error, ErrorKind, LOST, MALFORMED, TOO_LARGE};
#[cfg(unix)]
pub use reactor::Reactor;
pub use request::Request;
#[cfg(unix)]
pub use response::{Response, ResponseBody};
#[cfg(unix)]
pub use socket::poll_inline;
#[cfg(unix)]
pub use transport::{Config, InlineTransport, TlsSource};
