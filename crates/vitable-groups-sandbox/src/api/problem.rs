//! Errors, with the messages and bodies of the API.

use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::present::Present;
use super::response::ApiResponse;
use crate::check::Violation;
use crate::clock::Micros;
use crate::settings::{Settings, UnauthorizedBody};

/// Why a request fails.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) retry_after_seconds: Option<u64>,
}

/// `app_error_code`, which determines the status.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Code {
    OrganizationRequired,
    InvalidOrganizationHeader,
    ValidationError,
    Unauthorized,
    OrganizationAccessDenied,
    NotFound,
    MethodNotAllowed,
    Conflict,
    RateLimited,
    InternalError,
}

impl Code {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OrganizationRequired => "organization_required",
            Self::InvalidOrganizationHeader => "invalid_organization_header",
            Self::ValidationError => "validation_error",
            Self::Unauthorized => "unauthorized",
            Self::OrganizationAccessDenied => "organization_access_denied",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::InternalError => "internal_error",
        }
    }

    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::OrganizationRequired
            | Self::InvalidOrganizationHeader
            | Self::ValidationError => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OrganizationAccessDenied => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict => StatusCode::CONFLICT,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code that the API uses with a status, for injected responses.
    pub(crate) fn of_status(status: StatusCode) -> Option<Self> {
        Some(match status.as_u16() {
            400 | 422 => Self::ValidationError,
            401 => Self::Unauthorized,
            403 => Self::OrganizationAccessDenied,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            500..=599 => Self::InternalError,
            _ => return None,
        })
    }
}

impl Problem {
    pub(crate) fn rate_limited(retry_after_seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            ..Self::new(Code::RateLimited, "Too many requests; try again later.")
        }
    }

    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_seconds: None }
    }

    pub(crate) fn response(&self, settings: &Settings, trace: &str, now: Micros) -> ApiResponse {
        let nested = self.code == Code::Unauthorized
            && settings.unauthorized_body == UnauthorizedBody::Nested;
        let body = if nested {
            json!({ "error": { "code": self.code.name(), "message": self.message } })
        } else {
            json!({
                "timestamp": Present(settings).time(now),
                "message": self.message,
                "error": self.message,
                "app_error_code": self.code.name(),
                "trace_id": trace,
            })
        };
        let mut response = ApiResponse::json(self.code.status(), &body);
        if let Some(seconds) = self.retry_after_seconds {
            response.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Violation> for Problem {
    fn from(violation: Violation) -> Self {
        Self::new(Code::ValidationError, violation.0)
    }
}

impl From<rusqlite::Error> for Problem {
    /// Database messages may contain member data, so only the kind of error is reported.
    fn from(error: rusqlite::Error) -> Self {
        let kind = error.sqlite_error_code().map_or_else(String::new, |code| format!(": {code:?}"));
        Self::new(Code::InternalError, format!("The sandbox's database failed{kind}"))
    }
}
