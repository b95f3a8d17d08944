//! Numbers as hosts take them: Java and Kotlin have no unsigned ones that both can use.

use crate::error::NativeError;

pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that must not be negative; one too large for its place is as good as no limit.
pub(crate) fn natural<T: TryFrom<u64> + Limit>(name: &str, number: i64) -> Result<T, NativeError> {
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
    fn negative_numbers_are_named_and_large_ones_are_limits() {
        let error = natural::<u32>("max_retries", -1).unwrap_err();
        assert!(error.to_string().contains("`max_retries` is negative"), "{error}");
        assert_eq!(natural::<u32>("max_retries", i64::MAX).unwrap(), u32::MAX);
        assert_eq!(natural::<u64>("max_rows", 7).unwrap(), 7);
        assert_eq!(count(u64::MAX), i64::MAX);
    }
}
