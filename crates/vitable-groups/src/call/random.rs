//! Random IDs from the operating system. A generator in the process would repeat numbers after a
//! fork, and in virtual machines restored from the same snapshot.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind};

/// A random ID, unique across processes: 32 hexadecimal digits.
///
/// ```
/// let (one, other) = (vitable_groups::binding::random_id()?, vitable_groups::binding::random_id()?);
/// assert_eq!(one.len(), 32);
/// assert_ne!(one, other);
/// # Ok::<(), vitable_groups::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Internal`] if the operating system provides no random numbers.
pub fn random_id() -> Result<String, Error> {
    id_from(getrandom::fill)
}

fn id_from<E: std::error::Error + Send + Sync + 'static>(
    source: impl Fn(&mut [u8]) -> Result<(), E>,
) -> Result<String, Error> {
    let mut bytes = [0; 16];
    source(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Internal, "the operating system provides no random numbers")
            .with_source(error)
    })?;
    Ok(bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;

    use super::*;

    /// A buffered generator would repeat its state after a fork.
    #[test]
    fn every_id_reads_the_source() {
        let reads = Cell::new(0);
        let source = |bytes: &mut [u8]| {
            reads.set(reads.get() + 1);
            bytes.fill(reads.get());
            Ok::<(), io::Error>(())
        };
        assert_eq!(id_from(source).unwrap(), "01".repeat(16));
        assert_eq!(id_from(source).unwrap(), "02".repeat(16));
    }

    #[test]
    fn a_failing_source_is_an_error() {
        let error = id_from(|_| Err(io::Error::other("none"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
    }
}
