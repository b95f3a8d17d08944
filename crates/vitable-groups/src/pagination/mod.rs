//! Lists: the rules of pagination, without I/O, and the pages and streams built on them.

pub(crate) mod page;
mod summary;

pub use summary::{PageSummary, SeenIds};
