//! Support for the language bindings.

pub mod manifest;
mod panics;

pub use panics::hide_panic_messages;
