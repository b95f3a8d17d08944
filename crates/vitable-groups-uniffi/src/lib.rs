//! The [uniffi] facade of the core, shared by the Swift and Kotlin packages.
//!
//! It only converts records and objects: behavior belongs to the core, idioms to the hosts. Calls run
//! on the library's own threads (`runtime.rs`). Every exported function returns a `Result`, so that a
//! bug here becomes an error in the host instead of crashing its process.
//!
//! Types named `Native...` are used by the hand-written wrappers only. All others are public in both
//! packages, documented by the comments here.
//!
//! [uniffi]: https://mozilla.github.io/uniffi-rs/

#![expect(clippy::needless_pass_by_value, reason = "uniffi passes owned values")]

pub mod apply;
mod calls;
pub mod cancel;
pub mod client;
pub mod config;
pub mod error;
pub mod model;
mod number;
pub mod options;
pub mod pages;
pub mod response;
pub mod roster;
mod runtime;
pub mod sync_handle;
pub mod time;
pub mod token;
pub mod tuning;
pub mod wait;

uniffi::setup_scaffolding!("vitable_groups");
