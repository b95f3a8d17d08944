//! Conversion between JSON bytes and Python objects.

pub(crate) mod read;
mod scan;
pub(crate) mod tape;
pub(crate) mod time;
pub(crate) mod write;
