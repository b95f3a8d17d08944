//! Which requests go through a proxy.

use std::sync::OnceLock;
#[cfg(unix)]
use std::sync::{Mutex, PoisonError};

use ::http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
#[cfg(unix)]
use url::Position;
use url::Url;

use super::HttpConfig;
use crate::error::{Error, ErrorKind};
use crate::transport::address::is_plain_local;

/// The configured proxies, or those of the environment.
pub(super) struct Proxies {
    matcher: OnceLock<Option<Matcher>>,
    /// Whether requests to an origin (a URL up to its path) are sent without a proxy.
    #[cfg(unix)]
    decided: Mutex<Vec<(String, bool)>>,
}

impl Proxies {
    pub(super) fn new(config: &HttpConfig) -> Result<Self, Error> {
        let matcher = OnceLock::new();
        if let Some(proxy) = &config.proxy {
            let _ = matcher.set(Some(matcher_of(proxy, config.no_proxy.as_deref())?));
        } else if config.ignore_environment_proxy {
            let _ = matcher.set(None);
        }
        Ok(Self {
            matcher,
            #[cfg(unix)]
            decided: Mutex::default(),
        })
    }

    /// The proxy of a request; plain HTTP that does not leave this machine has none.
    pub(super) fn intercept(&self, uri: &Uri) -> Option<Intercept> {
        // The environment is read by the first request.
        let matcher = self.matcher.get_or_init(|| Some(Matcher::from_env())).as_ref()?;
        let is_local = Url::parse(&uri.to_string()).is_ok_and(|url| is_plain_local(&url));
        if is_local { None } else { matcher.intercept(uri) }
    }

    #[cfg(unix)]
    pub(super) fn is_direct(&self, url: &Url) -> bool {
        if is_plain_local(url) || matches!(self.matcher.get(), Some(None)) {
            return true;
        }
        let origin = &url[..Position::BeforePath];
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, is_direct)) = decided.iter().find(|(decided, _)| decided == origin) {
            return *is_direct;
        }
        let is_direct = origin.parse().is_ok_and(|uri| self.intercept(&uri).is_none());
        decided.push((origin.to_owned(), is_direct));
        is_direct
    }
}

fn matcher_of(proxy: &str, no_proxy: Option<&str>) -> Result<Matcher, Error> {
    let wrong =
        || Error::new(ErrorKind::Configuration, "the proxy is not a URL such as http://host:port");
    let proxy = proxy.trim();
    let has_scheme = proxy.contains("://");
    let text = if has_scheme { proxy.to_owned() } else { format!("http://{proxy}") };
    let mut url = Url::parse(&text).map_err(|error| wrong().with_source(error))?;
    if url.port().is_none() && url.scheme().starts_with("socks") {
        // Fails only for URLs without a host, which the matcher rejects.
        let _ = url.set_port(Some(1080));
    }
    let matcher = |no_proxy: &str| {
        Matcher::builder().all(url.as_str().to_owned()).no(no_proxy.to_owned()).build()
    };
    // The matcher ignores proxies that it does not support.
    let any = Uri::from_static("http://host.invalid/");
    matcher("").intercept(&any).ok_or_else(wrong)?;
    Ok(matcher(no_proxy.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(proxy: &str, no_proxy: &str) -> Result<Proxies, Error> {
        Proxies::new(&HttpConfig::new().proxy(proxy).no_proxy(no_proxy))
    }

    #[test]
    fn a_proxy_is_a_url_with_credentials_or_without() {
        let target = Uri::from_static("https://api.example/v1");
        for (given, uri) in [
            ("http://proxy.example:3128", "http://proxy.example:3128/"),
            ("proxy.example:3128", "http://proxy.example:3128/"),
            ("https://user:p%40ss@proxy.example", "https://proxy.example/"),
            ("socks5://proxy.example", "socks5://proxy.example:1080/"),
            ("socks5h://a:b@[::1]:9", "socks5h://[::1]:9/"),
        ] {
            let intercept = proxies(given, "").unwrap().intercept(&target).unwrap();
            assert_eq!(intercept.uri().to_string(), uri, "{given}");
            assert_eq!(
                intercept.basic_auth().is_some() || intercept.raw_auth().is_some(),
                given.contains('@')
            );
        }
        for wrong in ["http://[bad", "ftp://proxy.example", "", "http://"] {
            let error = proxies(wrong, "").err().unwrap();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{wrong}");
        }
    }

    #[test]
    fn some_requests_are_sent_without_a_proxy() {
        let proxies = proxies("http://proxy.example", "direct.example, 10.0.0.0/8").unwrap();
        for (url, direct) in [
            ("https://api.example/", false),
            ("https://direct.example/", true),
            ("https://a.direct.example:8443/x", true),
            ("http://10.1.2.3/", true),
            ("http://127.0.0.1:4010/", true),
            ("https://127.0.0.1:4010/", false),
        ] {
            let uri = url.parse().unwrap();
            assert_eq!(proxies.intercept(&uri).is_none(), direct, "{url}");
            #[cfg(unix)]
            for _ in 0..2 {
                assert_eq!(proxies.is_direct(&Url::parse(url).unwrap()), direct, "{url}");
            }
        }
    }
}
