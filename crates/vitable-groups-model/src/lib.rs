//! Data types of the Groups API: groups, members, sync requests, plans.
//!
//! Models are forward compatible: unknown fields stay available in `extra`, unknown enum values
//! survive a round trip, and [`Field`] distinguishes a missing key from `null`. Members are health
//! data, so their values print as `***`.

mod extra;
mod field;
mod group;
mod macros;
mod member;
mod page;
mod plan;
mod sensitive;
mod sync;
mod timestamp;

pub use extra::Extra;
pub use field::Field;
pub use group::{Group, GroupCreateParams, GroupListParams, GroupUpdateParams};
pub use member::{Address, Member};
pub use page::{Envelope, PageBody, Pagination};
pub use plan::{Plan, PlanListParams};
pub use sensitive::Sensitive;
pub use sync::{SyncFailure, SyncOperation, SyncReceipt, SyncResults, SyncState};
pub use timestamp::Timestamp;
