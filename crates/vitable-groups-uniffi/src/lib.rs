//! What the Swift and Kotlin packages share: the core behind [uniffi].
//!
//! Records and objects are translated here, and nothing else: behaviour is the core's, idioms are
//! the hosts'. Work runs on threads of our own (`runtime.rs`); every exported function returns a
//! `Result`, so that a fault of ours is an error in the host and never ends its process.
//!
//! Types named `Native...` are for the hand-written layers only; all others are public in both
//! packages, with the documentation written here.
//!
//! [uniffi]: https://mozilla.github.io/uniffi-rs/

#![expect(clippy::needless_pass_by_value, reason = "what comes from a host is owned")]

pub mod apply;
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
pub mod time;
pub mod token;
pub mod tuning;
pub mod wait;

uniffi::setup_scaffolding!("vitable_groups");
