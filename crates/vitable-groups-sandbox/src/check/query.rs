//! The query parameters of lists.

use super::{MAX_TEXT, Violation};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Paging {
    pub(crate) page: u64,
    pub(crate) limit: u64,
    pub(crate) external_reference_id: Option<String>,
}

/// Parses `page`, `limit` and the reference filter. Other parameters are ignored; the last of a
/// repeated parameter wins.
pub(crate) fn paging(query: &str) -> Result<Paging, Violation> {
    let mut paging = Paging { page: 1, limit: 20, external_reference_id: None };
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "limit" => {
                paging.limit = integer(&value)
                    .filter(|limit| (1..=100).contains(limit))
                    .ok_or_else(|| Violation::at("limit", "must be an integer from 1 to 100"))?;
            }
            "page" => {
                paging.page = integer(&value)
                    .filter(|page| *page >= 1)
                    .ok_or_else(|| Violation::at("page", "must be an integer of at least 1"))?;
            }
            "external_reference_id" => {
                if value.chars().count() > MAX_TEXT {
                    return Err(Violation::at(
                        "external_reference_id",
                        "must have at most 255 characters",
                    ));
                }
                paging.external_reference_id = Some(value.into_owned());
            }
            _ => {}
        }
    }
    Ok(paging)
}

/// Digits only, without a sign or spaces. Saturates for numbers that are too large, which yields a
/// page past the end.
fn integer(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold() {
        let read = |query| paging(query).map(|paging| (paging.page, paging.limit));
        assert_eq!(read(""), Ok((1, 20)));
        assert_eq!(read("limit=100&page=7&other=x"), Ok((7, 100)));
        assert_eq!(read("page=99999999999999999999999"), Ok((u64::MAX, 20)));
        for query in
            ["limit=0", "limit=101", "limit=", "limit=a", "limit=1.5", "limit=%2B5", "limit=-1"]
        {
            assert_eq!(read(query).unwrap_err().0, "limit: must be an integer from 1 to 100");
        }
        for query in ["page=0", "page=-1", "page=x", "page=", "page=null"] {
            assert_eq!(read(query).unwrap_err().0, "page: must be an integer of at least 1");
        }
    }

    #[test]
    fn the_filter_is_decoded() {
        let filter = |query| paging(query).unwrap().external_reference_id;
        assert_eq!(filter("external_reference_id=a+b%26").as_deref(), Some("a b&"));
        assert_eq!(filter("external_reference_id=").as_deref(), Some(""));
        assert_eq!(filter("page=1"), None);
    }
}
