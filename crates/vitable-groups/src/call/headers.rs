//! Headers from several sources, merged by precedence; names are case-insensitive.

use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};

use crate::error::{Error, ErrorKind};

pub(crate) const ORGANIZATION: HeaderName = HeaderName::from_static("x-vitable-organization");
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The name that the official clients use, which servers and proxies know.
pub(crate) const RETRY_COUNT: HeaderName = HeaderName::from_static("x-stainless-retry-count");

/// Headers to set, as names and values; `None` omits a header.
pub(crate) type Overrides = [(String, Option<String>)];

/// Headers to send, and names that the caller omits.
#[derive(Clone, Default)]
pub(crate) struct Headers {
    map: HeaderMap,
    omitted: Vec<HeaderName>,
}

impl Headers {
    pub(crate) fn built_in(user_agent: &str) -> Result<Self, Error> {
        let mut headers = Self::default();
        headers.map.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.apply(&[(USER_AGENT.to_string(), Some(user_agent.to_owned()))])?;
        Ok(headers)
    }

    /// Applies a source that takes precedence over the current headers.
    pub(crate) fn apply(&mut self, overrides: &Overrides) -> Result<(), Error> {
        for (name, value) in overrides {
            let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| {
                invalid(format!("`{}` is not a valid header name", name.escape_debug()))
            })?;
            let Some(value) = value else {
                self.map.remove(&name);
                self.omitted.push(name);
                continue;
            };
            let mut value = HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_| {
                invalid(format!(
                    "the value of header `{name}` contains line breaks or control characters"
                ))
            })?;
            value.set_sensitive(true);
            self.omitted.retain(|omitted| *omitted != name);
            self.map.insert(name, value);
        }
        Ok(())
    }

    /// The headers to send: these, and `defaults` unless the caller set or omitted them.
    pub(crate) fn with_defaults(
        &self,
        defaults: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> HeaderMap {
        let mut map = self.map.clone();
        for (name, value) in defaults {
            if !self.omitted.contains(&name) {
                map.entry(name).or_insert(value);
            }
        }
        map
    }

    /// Adds a header, unless the caller set or omitted it.
    pub(crate) fn add_default(&mut self, name: HeaderName, value: HeaderValue) {
        if !self.omitted.contains(&name) {
            self.map.entry(name).or_insert(value);
        }
    }

    /// Whether the caller neither set nor omitted a header.
    pub(crate) fn is_unset(&self, name: &HeaderName) -> bool {
        !self.omitted.contains(name) && !self.map.contains_key(name)
    }

    pub(crate) fn json_body(&mut self) {
        self.add_default(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }

    /// Removes the client's credentials for a request to another origin; those in `overrides` stay.
    pub(crate) fn remove_credentials(&mut self, overrides: &Overrides) {
        if !overrides
            .iter()
            .any(|(name, _)| name.trim().eq_ignore_ascii_case(AUTHORIZATION.as_str()))
        {
            self.map.remove(AUTHORIZATION);
        }
    }

    #[cfg(test)]
    pub(crate) fn map(&self) -> &HeaderMap {
        &self.map
    }

    pub(crate) fn get(&self, name: &HeaderName) -> Option<&str> {
        self.map.get(name)?.to_str().ok()
    }
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: &str) -> (String, Option<String>) {
        (name.into(), Some(value.into()))
    }

    #[test]
    fn names_are_case_insensitive() {
        let mut headers = Headers::built_in("agent/1").unwrap();
        headers.apply(&[set("X-D", "1")]).unwrap();
        headers.apply(&[set("x-d", "2"), ("ACCEPT".into(), None)]).unwrap();
        assert_eq!(headers.map().get_all("x-d").iter().collect::<Vec<_>>(), ["2"]);
        assert!(!headers.map().contains_key("accept"));
        headers.add_default(ACCEPT, HeaderValue::from_static("x"));
        assert!(!headers.map().contains_key("accept"), "an omitted header stays omitted");
        headers.apply(&[set("accept", "text/plain")]).unwrap();
        assert_eq!(headers.get(&ACCEPT), Some("text/plain"), "a later source can set it again");
    }

    #[test]
    fn errors_name_the_header_but_not_its_value() {
        let mut headers = Headers::default();
        let error = headers.apply(&[set("X-Key", "secret\r\nX-Evil: 1")]).unwrap_err().to_string();
        assert!(error.contains("x-key") && !error.contains("secret"), "{error}");
        assert!(headers.apply(&[set("bad name", "1")]).is_err());
    }
}
