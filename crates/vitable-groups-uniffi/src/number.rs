//! Conversion of numbers: Java has no unsigned integers, so hosts pass signed ones.

use crate::error::NativeError;

pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Converts a number that must not be negative. Values too large for `T` saturate.
pub(crate) fn non_negative<T: TryFrom<u64> + Limit>(
    name: &str,
    number: i64,
) -> Result<T, NativeError> {
    let number = u64::try_from(number)
        .map_err(|_| NativeError::invalid(format!("`{name}` is negative; use 0 or more")))?;
    Ok(T::try_from(number).unwrap_or(T::MAX))
}

pub(crate) trait Limit {
    const MAX: Self;
}

impl Limit for u32 {
    const MAX: Self = Self::MAX;
}

impl Limit for u64 {
    const MAX: Self = Self::MAX;
}

impl Limit for usize {
    const MAX: Self = Self::MAX;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_numbers_are_rejected_and_large_ones_saturate() {
        let error = non_negative::<u32>("max_retries", -1).unwrap_err();
        assert!(error.to_string().contains("`max_retries` is negative"), "{error}");
        assert_eq!(non_negative::<u32>("max_retries", i64::MAX).unwrap(), u32::MAX);
        assert_eq!(non_negative::<u64>("max_rows", 7).unwrap(), 7);
        assert_eq!(count(u64::MAX), i64::MAX);
    }
}
