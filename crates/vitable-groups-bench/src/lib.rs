//! Shared code of the benchmark programs: the responses they serve and expect, and measurements.

pub mod measure;
pub mod responses;
pub mod roster;
