//! The API's models as records, which become data classes in Kotlin and structs in Swift.
//!
//! The core's types cannot be exported as they are: they are generic, and hold timestamps as text.
//! This module only converts.

mod field;
mod group;
mod member;
mod sync;
mod timestamp;

pub use field::{Extra, Field};
pub use group::{
    Group, GroupCreateParams, GroupUpdateParams, ListParams, NativeGroup, Pagination, Plan,
};
pub(crate) use member::roster;
pub use member::{Address, Member};
pub use sync::{NativeSyncReceipt, NativeSyncState};
pub use sync::{SyncFailure, SyncOperation, SyncReceipt, SyncResults, SyncState};
