//! A network that fails on purpose, and the judgement of what a client made of it.
//!
//! A [`Run`] consists of rounds. A [`Round`] is a sandbox behind a proxy that breaks connections, a
//! plan of calls, and, once the calls are made, a verdict. The Rust client takes it as a library;
//! the other languages start the `vitable-groups-chaos` command and talk JSON (see the README).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a tool of the tests: what goes wrong in it must stop the run"
)]

mod evidence;
mod fault;
mod figures;
mod guard;
mod judge;
mod plan;
mod proxy;
mod record;
mod rosters;
mod round;
mod run;

pub use evidence::Evidence;
pub use fault::{Fault, pause};
pub use figures::{Counts, Figures};
pub use guard::refusal;
pub use judge::judge;
pub use plan::{
    Apply, Call, ClientOptions, Group, GuardOptions, Options, Plan, STEP_HEADER, Step, Worker,
};
pub use record::{ErrorRecord, Meta, Record};
pub use round::Round;
pub use run::{Run, Settings, Verdict};
