//! Data types of the Groups API: groups, members, sync requests, plans.
//!
//! Models are forward compatible: unknown fields stay available in `extra`, unknown enum values
//! survive a round trip, and [`Field`] distinguishes a missing key from `null`. Members are health
//! data, so their values print as `***`.

mod extra;
mod field;
mod list;
mod macros;
mod member;
mod models;
mod page;
mod sensitive;
mod sync;
#[cfg(test)]
mod tests;
mod timestamp;

pub use extra::Extra;
pub use field::Field;
pub use list::{GroupListParams, PlanListParams};
pub use member::{Address, Member};
pub use models::*;
pub use page::{Envelope, PageBody, Pagination};
pub use sensitive::Sensitive;
pub use timestamp::Timestamp;
