//! Short stand-ins for values, so that a hundred thousand rows need little memory and no health
//! data is kept.

use std::hash::{BuildHasher, RandomState};

/// Two keyed hashes side by side: at 128 bits, two values of a roster do not meet by chance, and
/// the keys are drawn anew so that nobody can make them meet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(RandomState, RandomState);

impl Keys {
    pub(crate) fn wide(&self, value: &str) -> u128 {
        u128::from(self.0.hash_one(value)) << 64 | u128::from(self.1.hash_one(value))
    }

    pub(crate) fn pair(&self, one: &str, two: &str) -> u128 {
        u128::from(self.0.hash_one((one, two))) << 64 | u128::from(self.1.hash_one((one, two)))
    }

    pub(crate) fn narrow(&self, value: &str) -> u64 {
        self.0.hash_one(value)
    }
}
