//! The native addon of the Node package: a few entry points to the core's client.
//!
//! All logic lives in the core. A call is the name of an operation with strings. Its result is JSON text
//! of one byte per character with metadata, or a structured error. The TypeScript layer in `lib/` turns
//! both into idiomatic objects.

#![expect(clippy::needless_pass_by_value, reason = "values come from JavaScript")]
#![expect(
    unreachable_pub,
    reason = "items that JavaScript uses are public, though no crate can reach them"
)]

mod ascii;
mod cancel;
mod client;
mod completion_queue;
mod config;
mod error;
mod fetch;
mod log;
mod log_sink;
mod native_response;
mod options;
mod pages;
mod progress;
mod request;
mod response_validation;
mod roster;
mod runtime;
mod sandbox;
mod scope;
mod slab;
mod token;

use napi::Result;
use napi::bindgen_prelude::{Buffer, Either, Object};
use napi_derive::napi;

/// Runs when the addon is loaded, once per thread.
#[napi(module_exports)]
pub fn init(_exports: Object<'_>) -> Result<()> {
    runtime::install()
}

/// The structured error of a successful response whose body is invalid, as JSON text.
#[napi(catch_unwind)]
pub fn validation_error(metadata: String, body: Either<String, Buffer>) -> Result<String> {
    response_validation::json(metadata, body)
}

/// The core's manifest, as JSON text.
#[napi(catch_unwind)]
pub fn manifest() -> String {
    vitable_groups::binding::manifest().to_string()
}
