//! The API's models as records, which become data classes in Kotlin and structs in Swift.
//!
//! The core's types cannot be exported as they are: they are generic, and hold timestamps as text.
//! This module only converts.

mod field;
mod generated;
mod member;
mod page;
mod state;
mod timestamp;

pub use field::{Extra, Field};
pub use generated::*;
pub(crate) use member::roster;
pub use member::{Address, Member};
pub use page::{ListParams, Pagination};
pub use state::SyncState;
