//! What the measuring programs share: the answers they serve and expect, and how they take time.

pub mod answers;
pub mod measure;
pub mod roster;
