//! Deadline errors.

use super::{Error, ErrorKind};
use crate::time::Deadline;

impl Deadline {
    pub(crate) fn error(self) -> Error {
        let limit = self.limit();
        Error::new(ErrorKind::Deadline, format!("the call's deadline of {limit} passed"))
    }

    /// The error of a call that ends early because its next step would exceed the deadline.
    pub(crate) fn error_ahead(self, reason: &str) -> Error {
        let limit = self.limit();
        Error::new(ErrorKind::Deadline, format!("{reason} the call's deadline of {limit}"))
    }
}
