//! Exit codes, which are stable, and failures with hints.

use std::fmt::Write as _;
use std::process::ExitCode;

use vitable_groups::{Error, ErrorKind};

/// The result of a command, as its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Success,
    Failed,
    Usage,
    InvalidRoster,
    PartialFailure,
    Api,
    GuardRefused,
    Deadline,
    NotConfirmed,
    NotAsPlanned,
    OutcomeUnknown,
    Interrupted,
    Terminated,
}

/// Every exit code, as the help and the README list them.
pub(crate) const CODES: &[(Exit, &str)] = &[
    (Exit::Success, "success"),
    (Exit::Failed, "a local failure, such as a file that cannot be read"),
    (Exit::Usage, "invalid arguments or settings, or no API key; nothing was sent"),
    (Exit::InvalidRoster, "the roster has errors; nothing was sent"),
    (Exit::PartialFailure, "the sync completed, but some rows failed; the other rows were applied"),
    (Exit::Api, "the API rejected the request, could not find the object, or could not be reached"),
    (
        Exit::GuardRefused,
        "the sync could end coverage by accident, so the guard blocked it; nothing was sent",
    ),
    (Exit::Deadline, "wait deadline exceeded; the sync keeps running, and the wait can be resumed"),
    (Exit::NotConfirmed, "the sync was not confirmed at the prompt; nothing was sent"),
    (Exit::NotAsPlanned, "the sync completed, but its outcome differs from the plan"),
    (Exit::OutcomeUnknown, "the sync completed, but its outcome is unknown"),
    (Exit::Interrupted, "interrupted by Ctrl-C; an accepted sync keeps running"),
    (Exit::Terminated, "terminated by SIGTERM; an accepted sync keeps running"),
];

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::InvalidRoster => 3,
            Self::PartialFailure => 4,
            Self::Api => 5,
            Self::GuardRefused => 6,
            Self::Deadline => 7,
            Self::NotConfirmed => 8,
            Self::NotAsPlanned => 9,
            Self::OutcomeUnknown => 10,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Configuration | ErrorKind::InvalidArgument | ErrorKind::Credentials => {
                Self::Usage
            }
            ErrorKind::InvalidRoster => Self::InvalidRoster,
            ErrorKind::GuardRefused => Self::GuardRefused,
            ErrorKind::Deadline => Self::Deadline,
            ErrorKind::Aborted => Self::Interrupted,
            ErrorKind::Internal | ErrorKind::Closed => Self::Failed,
            _ => Self::Api,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The exit codes section of the help.
pub(crate) fn help() -> String {
    let mut text = String::from("Exit codes:\n");
    for (exit, meaning) in CODES {
        let _ = writeln!(text, "  {:>3}  {meaning}", exit.code());
    }
    text
}

/// Why a command failed, with hints on how to fix it.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) hints: Vec<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hints: Vec::new() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn local(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        if let Some(cause) = root_cause(&error).filter(|cause| !message.contains(cause.as_str())) {
            let _ = write!(message, "\n  caused by: {cause}");
        }
        let failure = Self::new(Exit::of(error.kind()), message);
        match advice(error.kind()) {
            Some(advice) => failure.hint(advice),
            None => failure,
        }
    }
}

/// The innermost source of an error; the sources between add no information.
fn root_cause(error: &Error) -> Option<String> {
    let mut cause = std::error::Error::source(error)?;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    Some(cause.to_string())
}

fn advice(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::Authentication => {
            "check that the key is complete, not expired, and issued for this base URL"
        }
        ErrorKind::PermissionDenied => {
            "use --organization to select another organization, or check the permissions of the key"
        }
        ErrorKind::NotFound => {
            "check the IDs; `vitable-groups groups list` shows the groups that this key can access"
        }
        ErrorKind::Conflict => {
            "reference IDs are unique in an organization; `vitable-groups groups find REFERENCE` \
             shows the group that uses one"
        }
        ErrorKind::Connection | ErrorKind::Timeout => {
            "check the base URL, the network and the proxy settings, then run the command again"
        }
        ErrorKind::RateLimit => "wait a moment, then run the command again",
        ErrorKind::InternalServer => "the server failed; run the command again later",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn exit_codes_are_distinct_and_cover_every_error_kind() {
        let codes: HashSet<_> = CODES.iter().map(|(exit, _)| exit.code()).collect();
        assert_eq!(codes.len(), CODES.len());
        for kind in ErrorKind::ALL {
            let exit = Exit::of(*kind);
            assert_ne!(exit, Exit::Success, "{kind}");
            assert!(CODES.iter().any(|(listed, _)| *listed == exit), "{kind}");
        }
    }

    #[test]
    fn the_readme_lists_every_exit_code() {
        let readme = include_str!("../README.md");
        for (exit, meaning) in CODES {
            let row = format!("| {} | {meaning} |", exit.code());
            assert!(readme.contains(&row), "README.md lacks {row}");
        }
    }
}
