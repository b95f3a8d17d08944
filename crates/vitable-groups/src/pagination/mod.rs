//! Lists: what a page says about its place and which of its items are new, decided without I/O, and
//! the pages and streams that are built on it.

pub(crate) mod page;
mod summary;

pub use summary::{PageSummary, SeenIds};
