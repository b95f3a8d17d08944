//! Conversion between JSON bytes and Python objects.

pub(crate) mod read;
pub(crate) mod record;
mod scan;
pub(crate) mod tape;
pub(crate) mod time;
pub(crate) mod write;
