//! An independent client for the Groups API of Vitable Connect.

pub mod model;
pub mod roster;
