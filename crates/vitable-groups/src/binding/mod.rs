//! What only the bindings need.

pub mod manifest;
mod panics;

pub use panics::hide_panic_messages;
