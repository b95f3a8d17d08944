//! The jitter of waits, from the operating system's random numbers: a generator in the process would
//! repeat numbers after a fork.

/// The number of bits that an `f64` represents exactly.
const FRACTION_BITS: u32 = 53;

/// A random number in `[0, 1)`, or 0.5 if the operating system provides none.
pub(super) fn fraction() -> f64 {
    getrandom::u64().map_or(0.5, fraction_of)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn fraction_of(number: u64) -> f64 {
    let range = 1_u64 << FRACTION_BITS;
    (number % range) as f64 / range as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_below_one() {
        assert!(fraction_of(0) == 0.0);
        assert!(fraction_of(u64::MAX) < 1.0 && fraction_of(u64::MAX) > 0.999);
        assert!((0..100).map(|_| fraction()).all(|f| (0.0..1.0).contains(&f)));
        assert!(fraction().to_bits() != fraction().to_bits());
    }
}
