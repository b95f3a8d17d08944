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

use napi::Result;
use napi::bindgen_prelude::Object;
use napi_derive::napi;

/// Runs when the addon is loaded, once per thread.
#[napi(module_exports)]
pub fn init(_exports: Object<'_>) -> Result<()> {
    runtime::install()
}

/// The core's manifest as JSON text, for the parity test.
#[napi(catch_unwind)]
pub fn manifest() -> String {
    vitable_groups::manifest::manifest().to_string()
}
