//! The native part of the Node package: few entry points around the core's client.
//!
//! Nothing is decided here. A call comes as the name of an operation with texts, and goes back as
//! one-byte JSON text with its metadata, or as one structured error; the TypeScript layer in `lib/`
//! gives them their idioms.

#![expect(clippy::needless_pass_by_value, reason = "values come from JavaScript")]
#![expect(
    unreachable_pub,
    reason = "what JavaScript calls is public, though no crate can reach it"
)]

mod ascii;
mod cancel;
mod client;
mod config;
mod error;
mod fetch;
mod log;
mod numbered;
mod options;
mod pages;
mod port;
mod progress;
mod reply;
mod roster;
mod runtime;
mod sandbox;
mod scope;
mod token;
mod unreadable;

use napi::Result;
use napi::bindgen_prelude::{Buffer, Either, Object};
use napi_derive::napi;

/// Runs when the addon is loaded, once per thread.
#[napi(module_exports)]
pub fn init(_exports: Object<'_>) -> Result<()> {
    runtime::install()
}

/// The structured error of a success whose body is no JSON, with and as JSON text.
#[napi(catch_unwind)]
pub fn unreadable(metadata: String, body: Either<String, Buffer>) -> Result<String> {
    unreadable::json(metadata, body)
}

/// The core's manifest as JSON text, for the parity test.
#[napi(catch_unwind)]
pub fn manifest() -> String {
    vitable_groups::binding::manifest().to_string()
}
