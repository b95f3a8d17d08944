//! The API's data as records: what hosts see as data classes and structs.
//!
//! The core's own types cannot cross as they are: they are generic, and keep texts that hosts want
//! as their own types. Nothing is decided here.

mod field;
mod group;
mod member;
mod sync;

use std::time::SystemTime;

use vitable_groups::model as core;

pub use field::{Extra, Field};
pub use group::{
    Group, GroupCreateParams, GroupUpdateParams, ListParams, NativeGroup, Pagination, Plan,
};
pub(crate) use member::roster;
pub use member::{Address, Member};
pub use sync::{NativeSyncReceipt, NativeSyncState};
pub use sync::{SyncFailure, SyncOperation, SyncReceipt, SyncResults, SyncState};

/// A time that is missing, null, or no time at all is none.
pub(crate) fn time(field: core::Field<core::Timestamp>) -> Option<SystemTime> {
    field.into_value().and_then(|text| text.instant()).map(SystemTime::from)
}
