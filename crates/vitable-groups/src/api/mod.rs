//! The API's resources: `groups`, `groups.members.sync`, `plans`.

mod groups;
pub(crate) mod member_sync;
mod plans;
mod request;

pub use groups::Groups;
pub use member_sync::{MemberSyncs, Members};
pub use plans::Plans;
pub use request::Request;
