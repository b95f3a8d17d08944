//! Clocks, deadlines and human-readable durations.

mod clock;
mod deadline;
mod human;
mod jitter;

pub use clock::{BoxFuture, Clock, SystemClock};
pub use deadline::Deadline;
pub use human::HumanDuration;
