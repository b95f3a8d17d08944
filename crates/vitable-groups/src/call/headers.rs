//! Headers from several sources, merged by precedence, names in any letter case.

use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};

use crate::error::{Error, ErrorKind};

pub(crate) const ORGANIZATION: HeaderName = HeaderName::from_static("x-vitable-organization");
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// The name that the official clients use, so that servers and proxies see what they know.
pub(crate) const RETRY_COUNT: HeaderName = HeaderName::from_static("x-stainless-retry-count");

/// Headers to set, as names and values; `None` leaves one out.
pub(crate) type Overrides = [(String, Option<String>)];

/// Headers to send, and names that a caller wants left out.
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

    /// Lays a source over what is there.
    pub(crate) fn apply(&mut self, overrides: &Overrides) -> Result<(), Error> {
        for (name, value) in overrides {
            let name = HeaderName::from_bytes(name.trim().as_bytes())
                .map_err(|_| invalid(format!("`{}` is no header name", name.escape_debug())))?;
            let Some(value) = value else {
                self.map.remove(&name);
                self.omitted.push(name);
                continue;
            };
            let mut value = HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_| {
                invalid(format!(
                    "the value of header `{name}` has line breaks or control characters"
                ))
            })?;
            value.set_sensitive(true);
            self.omitted.retain(|omitted| *omitted != name);
            self.map.insert(name, value);
        }
        Ok(())
    }

    /// What is sent: these, and headers of ours unless the caller set or left them out.
    pub(crate) fn with(
        &self,
        ours: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    ) -> HeaderMap {
        let mut map = self.map.clone();
        for (name, value) in ours {
            if !self.omitted.contains(&name) {
                map.entry(name).or_insert(value);
            }
        }
        map
    }

    /// Adds a header of ours, unless the caller set or left it out.
    pub(crate) fn add(&mut self, name: HeaderName, value: HeaderValue) {
        if !self.omitted.contains(&name) {
            self.map.entry(name).or_insert(value);
        }
    }

    /// Whether one of ours will be on the wire with our value.
    pub(crate) fn takes(&self, name: &HeaderName) -> bool {
        !self.omitted.contains(name) && !self.map.contains_key(name)
    }

    pub(crate) fn json_body(&mut self) {
        self.add(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }

    /// Takes away what proves who the caller is, for another origin.
    pub(crate) fn without_credentials(&mut self, given: &Overrides) {
        if !given.iter().any(|(name, _)| name.trim().eq_ignore_ascii_case(AUTHORIZATION.as_str())) {
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
    fn names_meet_in_any_letter_case() {
        let mut headers = Headers::built_in("agent/1").unwrap();
        headers.apply(&[set("X-D", "1")]).unwrap();
        headers.apply(&[set("x-d", "2"), ("ACCEPT".into(), None)]).unwrap();
        assert_eq!(headers.map().get_all("x-d").iter().collect::<Vec<_>>(), ["2"]);
        assert!(!headers.map().contains_key("accept"));
        headers.add(ACCEPT, HeaderValue::from_static("x"));
        assert!(!headers.map().contains_key("accept"), "what is left out stays out");
        headers.apply(&[set("accept", "text/plain")]).unwrap();
        assert_eq!(headers.get(&ACCEPT), Some("text/plain"), "a later source may set it again");
    }

    #[test]
    fn bad_headers_are_named_without_their_value() {
        let mut headers = Headers::default();
        let error = headers.apply(&[set("X-Key", "secret\r\nX-Evil: 1")]).unwrap_err().to_string();
        assert!(error.contains("x-key") && !error.contains("secret"), "{error}");
        assert!(headers.apply(&[set("bad name", "1")]).is_err());
    }
}
