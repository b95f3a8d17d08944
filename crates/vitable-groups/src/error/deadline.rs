//! The errors of a call whose time is over.

use super::{Error, ErrorKind};
use crate::time::Deadline;

impl Deadline {
    pub(crate) fn error(self) -> Error {
        let limit = self.limit();
        Error::new(ErrorKind::Deadline, format!("the call's deadline of {limit} passed"))
    }

    /// The error of a call that ends before its deadline, as what it would do next lies behind it.
    pub(crate) fn error_ahead(self, why: &str) -> Error {
        let limit = self.limit();
        Error::new(ErrorKind::Deadline, format!("{why} the call's deadline of {limit}"))
    }
}
