//! A fault-injecting network, and the verification of what a client reports on it.
//!
//! A [`Run`] consists of rounds. A [`Round`] is a sandbox behind a proxy that breaks connections, a
//! plan of calls, and, once the calls are made, a verdict. The Rust client uses it as a library;
//! the other languages start the `vitable-groups-chaos` command and exchange JSON (see the README).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test tool: its errors must stop the run"
)]

mod apply;
mod evidence;
mod fault;
mod guard;
mod ledger;
mod plan;
mod proxy;
mod rosters;
mod round;
mod run;
pub mod scenarios;
mod statistics;
mod verify;

pub use apply::{Apply, GuardOptions};
pub use evidence::Evidence;
pub use fault::{Fault, pause};
pub use guard::blocked_kind;
pub use ledger::{ErrorRecord, Meta, Record};
pub use plan::{Call, ClientOptions, Group, Options, Plan, STEP_HEADER, Step, Worker};
pub use round::Round;
pub use run::{Run, Settings, Verdict};
pub use statistics::{Counts, Statistics};
pub use verify::verify;
