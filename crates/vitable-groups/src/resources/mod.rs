//! The operations, grouped as in every language: `groups`, `groups.members.sync`, `plans`.

mod groups;
mod plans;
mod sync;

pub use groups::Groups;
pub use plans::Plans;
pub use sync::{Members, Sync};
