//! Random numbers from the operating system. A generator of our own would go on alike in the two
//! processes of a fork, and in machines that are copies of one snapshot.

use std::fmt::Write as _;

use crate::error::{Error, ErrorKind};

/// An id that no other process has: 32 hexadecimal digits.
///
/// ```
/// let (one, other) = (vitable_groups::binding::random_id()?, vitable_groups::binding::random_id()?);
/// assert_eq!(one.len(), 32);
/// assert_ne!(one, other);
/// # Ok::<(), vitable_groups::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Internal`] if the operating system has no random numbers.
pub fn random_id() -> Result<String, Error> {
    id_from(getrandom::fill)
}

fn id_from<E: std::error::Error + Send + Sync + 'static>(
    source: impl Fn(&mut [u8]) -> Result<(), E>,
) -> Result<String, Error> {
    let mut bytes = [0; 16];
    source(&mut bytes).map_err(|error| {
        Error::new(ErrorKind::Internal, "the operating system has no random numbers")
            .with_source(error)
    })?;
    Ok(bytes.iter().fold(String::with_capacity(32), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::io;

    use super::*;

    /// What a generator in the process does after a fork: both go on from the same state.
    #[test]
    fn every_id_is_drawn_from_the_source_anew() {
        let drawn = Cell::new(0);
        let source = |bytes: &mut [u8]| {
            drawn.set(drawn.get() + 1);
            bytes.fill(drawn.get());
            Ok::<(), io::Error>(())
        };
        assert_eq!(id_from(source).unwrap(), "01".repeat(16));
        assert_eq!(id_from(source).unwrap(), "02".repeat(16));
    }

    #[test]
    fn without_random_numbers_there_is_no_id() {
        let error = id_from(|_| Err(io::Error::other("none"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Internal);
    }
}
