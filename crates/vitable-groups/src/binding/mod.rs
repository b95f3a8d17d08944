//! Support for the packages in other languages: single decisions, the manifest, and sockets that the
//! calling thread serves.
//!
//! Only with the feature `binding`. It follows the needs of those packages, and semantic versioning
//! does not cover it.

mod manifest;
mod panics;

pub use manifest::manifest;
pub use panics::hide_panic_messages;

pub use crate::call::random_id;
pub use crate::pagination::{PageSummary, SeenIds};
pub use crate::retry::{Decision, RETRYABLE_STATUSES, RetryQuota, ServerHints, Stop, decide};
#[cfg(all(feature = "http", unix))]
pub use inline_http::{Reactor, poll_inline};
