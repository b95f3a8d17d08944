//! The operations, grouped as in every language: `groups`, `groups.members.sync`, `plans`.

mod groups;
mod plans;
mod sync;

pub use groups::Groups;
pub(crate) use groups::find_group;
pub use plans::Plans;
pub(crate) use sync::members_body;
pub use sync::{Members, Sync};
