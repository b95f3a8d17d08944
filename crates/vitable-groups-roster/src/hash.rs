//! Hashes of values, so that a hundred thousand rows need little memory and no health data is kept.

use std::hash::{BuildHasher, RandomState};

/// Two keyed hashes combined: at 128 bits, values of a roster do not collide by chance, and the
/// random keys prevent crafted collisions.
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
