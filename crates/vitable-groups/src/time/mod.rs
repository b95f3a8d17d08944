//! Time: clocks, the moment by which a call must end, lengths of time as people say them.

mod clock;
mod deadline;
mod jitter;
mod text;

pub use clock::{BoxFuture, Clock, SystemClock};
pub use deadline::Deadline;
pub use text::HumanDuration;
