//! Validates base URLs, and joins paths to them.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::{Error, ErrorKind};

/// Parses a base URL, and rejects one that would send the key unencrypted.
pub(crate) fn parse_base_url(text: &str, allow_plain_http: bool) -> Result<Url, Error> {
    let wrong = |message: String| Error::new(ErrorKind::Configuration, message);
    let mut url = Url::parse(text.trim()).map_err(|error| {
        wrong(format!("the base URL is not a URL ({error}); write https://host/path"))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the base URL holds credentials; pass the API key by its option".into()));
    }
    match url.scheme() {
        "https" => {}
        "http" if allow_plain_http || is_plain_local(&url) => {}
        "http" => {
            return Err(wrong(
                "the base URL would send the key and member data over plain HTTP to another machine; \
                 use https"
                    .into(),
            ));
        }
        scheme => return Err(wrong(format!("the base URL's scheme is {scheme}; use https"))),
    }
    url.set_query(None);
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Whether a URL is plain HTTP that does not leave this machine. Such a request is never proxied: the
/// proxy would be another machine.
pub(crate) fn is_plain_local(url: &Url) -> bool {
    url.scheme() == "http" && is_loopback(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

/// The URL of a path below the base URL, or an absolute URL.
pub(crate) fn join(base: &Url, path: &str, query: &str) -> Result<Url, Error> {
    // Most paths need no parser, which would parse scheme, host and port again.
    let ours = path.starts_with('/') && base.query().is_none() && base.fragment().is_none();
    let is_special = |byte: u8| matches!(byte, b'?' | b'#' | b':' | b'\\' | 0..=b' ');
    if ours && !path.bytes().any(is_special) {
        let mut url = base.clone();
        match base.path().trim_end_matches('/') {
            "" => url.set_path(path),
            stem => url.set_path(&format!("{stem}{path}")),
        }
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        return Ok(url);
    }
    parsed(base, path, query)
}

fn parsed(base: &Url, path: &str, query: &str) -> Result<Url, Error> {
    let text = if path.contains("://") {
        path.to_owned()
    } else {
        let base = base.as_str().trim_end_matches('/');
        let slash = if path.starts_with('/') { "" } else { "/" };
        format!("{base}{slash}{path}")
    };
    let mut url = Url::parse(&text).map_err(|error| {
        Error::new(ErrorKind::InvalidArgument, format!("the path is not valid in a URL ({error})"))
    })?;
    url.set_fragment(None);
    if !query.is_empty() {
        let whole = url.query().map_or_else(|| query.to_owned(), |own| format!("{own}&{query}"));
        url.set_query(Some(&whole));
    }
    Ok(url)
}

/// Whether two URLs have the same origin: scheme, host and port.
pub(crate) fn same_origin(one: &Url, two: &Url) -> bool {
    one.scheme() == two.scheme()
        && one.host() == two.host()
        && one.port_or_known_default() == two.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_as_a_parser_would() {
        let bases =
            ["https://x.example", "http://127.0.0.1:4010/api/", "https://u:p@x.example/a//b"];
        let paths = [
            "/v1/groups",
            "/v1/groups/a%2Fb%3F",
            "//evil.example/x",
            "/",
            "",
            "v1",
            "/é\t|",
            "/x ",
            "/a/;b",
        ];
        for (base, path) in bases.iter().flat_map(|base| paths.map(|path| (base, path))) {
            let base = Url::parse(base).unwrap();
            for query in ["", "page=2&q=%20"] {
                let joined = join(&base, path, query).unwrap();
                assert_eq!(joined, parsed(&base, path, query).unwrap(), "{base} {path}");
                assert!(same_origin(&joined, &base));
            }
        }
    }

    #[test]
    fn plain_http_only_to_this_machine() {
        for fine in
            ["https://x.example", "http://localhost:1", "http://127.9.9.9", "http://[::1]:4010"]
        {
            assert!(parse_base_url(fine, false).is_ok(), "{fine}");
        }
        for wrong in [
            "http://x.example",
            "http://10.0.0.1",
            "http://localhost.example",
            "ftp://x",
            "x",
            "https://user:pw@x.example",
            "",
        ] {
            assert!(parse_base_url(wrong, false).is_err(), "{wrong}");
        }
        assert!(parse_base_url("http://sandbox:4010", true).is_ok());
    }

    #[test]
    fn a_path_prefix_is_kept() {
        let base = parse_base_url("https://x.example/proxy/v9/?q#f", false).unwrap();
        let url = join(&base, "/v1/groups", "limit=2").unwrap();
        assert_eq!(url.as_str(), "https://x.example/proxy/v9/v1/groups?limit=2");
        let url = join(&base, "v1/groups?a=1", "limit=2").unwrap();
        assert_eq!(url.as_str(), "https://x.example/proxy/v9/v1/groups?a=1&limit=2");
    }
}
