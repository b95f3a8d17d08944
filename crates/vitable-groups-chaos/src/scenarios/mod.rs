//! The scenarios that all languages share, `tests/scenarios`, and how one is run.
//!
//! A scenario fills in values, prepares a sandbox, compares results and captures values. Only its
//! calls are made by the language under test: by an [`Agent`].

mod fixture;
mod format;
mod matcher;
mod values;

pub use fixture::{Agent, Call, Outcome, run};
pub use format::{File, Scenario, files, folder, read};
pub use matcher::check;
pub use values::Values;
