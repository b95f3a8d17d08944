//! The kinds of errors: one list, from which every language derives its classes.

use std::fmt;

macro_rules! kinds {
    ($( $(#[$doc:meta])* $variant:ident = $code:literal, $class:literal; )*) => {
        /// The kind of an error. Every language has one class per kind.
        ///
        /// ```
        /// use vitable_groups::ErrorKind;
        ///
        /// assert_eq!(ErrorKind::from_status(404), ErrorKind::NotFound);
        /// assert_eq!(ErrorKind::NotFound.code(), "not_found");
        /// assert_eq!(ErrorKind::NotFound.class(), "NotFoundError");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $( $(#[$doc])* $variant, )*
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// The kind's stable, machine-readable code.
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )* }
            }

            /// The name of the kind's class, in languages that have classes.
            pub const fn class(self) -> &'static str {
                match self { $( Self::$variant => $class, )* }
            }
        }
    };
}

kinds! {
    /// The client configuration is invalid; nothing was sent.
    Configuration = "configuration", "VitableConnectError";
    /// An argument is invalid; nothing was sent.
    InvalidArgument = "invalid_argument", "InvalidArgumentError";
    /// The token provider failed; nothing was sent.
    Credentials = "credentials", "CredentialsError";
    /// The client was closed before the call; nothing was sent.
    Closed = "closed", "ClientClosedError";
    /// 400.
    BadRequest = "bad_request", "BadRequestError";
    /// 401: the key is missing, wrong or expired.
    Authentication = "authentication", "AuthenticationError";
    /// 403.
    PermissionDenied = "permission_denied", "PermissionDeniedError";
    /// 404.
    NotFound = "not_found", "NotFoundError";
    /// 409: in this API, a duplicate.
    Conflict = "conflict", "ConflictError";
    /// 422.
    UnprocessableEntity = "unprocessable_entity", "UnprocessableEntityError";
    /// 429.
    RateLimit = "rate_limit", "RateLimitError";
    /// 500 and above.
    InternalServer = "internal_server", "InternalServerError";
    /// Any other status that is not a success.
    Status = "status", "APIStatusError";
    /// No complete response: connection refused or reset, response truncated, TLS or DNS failure.
    Connection = "connection", "APIConnectionError";
    /// The last attempt exceeded its timeout.
    Timeout = "timeout", "APITimeoutError";
    /// The call exceeded its deadline, across all attempts, pages or polls.
    Deadline = "deadline", "DeadlineExceededError";
    /// The caller canceled the call.
    Aborted = "aborted", "APIUserAbortError";
    /// A success response whose body is not what the operation returns.
    ResponseValidation = "response_validation", "APIResponseValidationError";
    /// The roster has errors; nothing was sent.
    InvalidRoster = "invalid_roster", "InvalidRosterError";
    /// The roster guard blocked the roster; nothing was sent.
    GuardRefused = "guard_refused", "RosterGuardError";
    /// A bug in this library.
    Internal = "internal", "InternalError";
}

impl ErrorKind {
    /// The kind of a status that is not a success.
    pub const fn from_status(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Authentication,
            403 => Self::PermissionDenied,
            404 => Self::NotFound,
            409 => Self::Conflict,
            422 => Self::UnprocessableEntity,
            429 => Self::RateLimit,
            500.. => Self::InternalServer,
            _ => Self::Status,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
