//! A local server that emulates the Groups API of Vitable Connect.
//!
//! It stores its data in SQLite, in memory or in a file. Controls inject faults and delays and
//! return the recorded requests. It shares no code with the client: requests are validated
//! independently, so the two cannot share a bug.
//!
//! ```
//! use vitable_groups_sandbox::Sandbox;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let sandbox = Sandbox::builder().start().await?;
//! println!("listening on {}", sandbox.base_url());
//! sandbox.shutdown().await;
//! # Ok::<(), vitable_groups_sandbox::StartError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod api;
mod check;
mod clock;
mod control;
mod fault;
mod ids;
mod lock;
#[cfg(feature = "cli")]
mod options;
mod rate;
mod reconcile;
mod record;
mod seed;
mod server;
mod server_state;
mod settings;
mod store;

pub use control::{Control, ControlError};
#[cfg(feature = "cli")]
pub use options::{Options, OptionsError, SyncTime};
pub use record::RecordedRequest;
pub use server::{Builder, Sandbox, StartError};
pub use settings::parse_delay;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;
