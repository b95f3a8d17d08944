//! Configuration of the API's environment, base URL and headers.

use crate::error::{Error, ErrorKind};
use vitable_groups_model::Field;

/// The vendor's environments.
///
/// ```
/// use vitable_groups::Environment;
///
/// assert_eq!(Environment::default().base_url(), "https://api.vitablehealth.com");
/// assert_eq!("environment_1".parse::<Environment>()?, Environment::Uat);
/// # Ok::<(), vitable_groups::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// User acceptance testing; the official SDKs call it `environment_1`.
    Uat,
}

impl Environment {
    /// Every environment.
    pub const ALL: &'static [Self] = &[Self::Production, Self::Uat];

    /// The name that the official SDKs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Uat => "environment_1",
        }
    }

    /// The base URL.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://api.vitablehealth.com",
            Self::Uat => "https://api.uat.vitablehealth.com",
        }
    }
}

impl std::str::FromStr for Environment {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "production" => Ok(Self::Production),
            "environment_1" | "uat" => Ok(Self::Uat),
            _ => {
                let message =
                    format!("Unknown environment: {name}; use `production` or `environment_1`");
                Err(Error::new(ErrorKind::Configuration, message))
            }
        }
    }
}

/// Names of the environment variables that a client reads.
pub mod env {
    /// The API key.
    pub const API_KEY: &str = "VITABLE_CONNECT_API_KEY";
    /// The base URL.
    pub const BASE_URL: &str = "VITABLE_CONNECT_BASE_URL";
    /// Additional headers, one `Name: value` per line.
    pub const CUSTOM_HEADERS: &str = "VITABLE_CONNECT_CUSTOM_HEADERS";
    /// The log filter.
    pub const LOG: &str = "VITABLE_CONNECT_LOG";
}

/// Chooses the base URL: an explicit base URL, else an explicit environment, else the variable, else
/// production. An environment together with the variable is ambiguous, unless the base URL is
/// explicitly null. Blank values count as not set.
pub(crate) fn choose_base_url(
    explicit: Field<&str>,
    environment: Option<Environment>,
    variable: Option<&str>,
) -> Result<String, Error> {
    let variable = variable.map(str::trim).filter(|text| !text.is_empty());
    let url = explicit.value().map(|text| text.trim()).filter(|text| !text.is_empty());
    match (url, environment, variable) {
        (Some(url), _, _) => Ok(url.to_owned()),
        (None, Some(_), Some(_)) if !explicit.is_null() => Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "Ambiguous URL: both the environment and {} are set; unset one, or set the base \
                 URL to null to use the environment",
                env::BASE_URL
            ),
        )),
        (None, Some(environment), _) => Ok(environment.base_url().to_owned()),
        (None, None, Some(variable)) => Ok(variable.to_owned()),
        (None, None, None) => Ok(Environment::Production.base_url().to_owned()),
    }
}

/// Parses `VITABLE_CONNECT_CUSTOM_HEADERS`: one header per line, split at the first colon and
/// trimmed; lines without a colon are ignored.
pub(crate) fn custom_headers(text: &str) -> Vec<(String, Option<String>)> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), Some(value.trim().to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_url_precedence() {
        let url = |explicit, environment, variable| {
            choose_base_url(explicit, environment, variable).map_err(|error| error.kind())
        };
        let uat = Some(Environment::Uat);
        let ambiguous = Err(ErrorKind::Configuration);
        let ok = |url: &str| Ok(url.to_owned());
        assert_eq!(url(Field::Value("https://a"), uat, Some("https://v")), ok("https://a"));
        assert_eq!(url(Field::Absent, uat, Some("https://v")), ambiguous);
        assert_eq!(url(Field::Null, uat, Some("https://v")), ok(Environment::Uat.base_url()));
        assert_eq!(url(Field::Absent, uat, None), ok(Environment::Uat.base_url()));
        assert_eq!(url(Field::Absent, uat, Some(" ")), ok(Environment::Uat.base_url()));
        assert_eq!(url(Field::Absent, None, Some("https://v")), ok("https://v"));
        assert_eq!(url(Field::Null, None, Some("https://v")), ok("https://v"));
        assert_eq!(url(Field::Absent, None, None), ok("https://api.vitablehealth.com"));
        assert_eq!(url(Field::Value(" "), None, None), ok("https://api.vitablehealth.com"));
    }

    #[test]
    fn custom_header_lines() {
        let headers = custom_headers("X-A: 1\nnonsense\n X-B :b:c \r\n");
        let pair = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(headers, [pair("X-A", "1"), pair("X-B", "b:c")]);
    }
}
