//! The formats of single values. Each function returns the rule that is violated.

use jiff::civil::Date;

/// `YYYY-MM-DD`, not after today.
pub(super) fn date_of_birth(text: &str, today: Date) -> Result<(), &'static str> {
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let date = form.then(|| text.parse::<Date>().ok()).flatten();
    match date {
        None => Err("must be a date, YYYY-MM-DD"),
        Some(date) if date > today => Err("must not be in the future"),
        Some(_) => Ok(()),
    }
}

/// Ten digits, ignoring spaces, `()-.` and a leading 1 or +1. Returns the digits.
pub(super) fn phone(text: &str) -> Result<String, &'static str> {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.')).collect();
    let digits = match bare.strip_prefix("+1") {
        Some(rest) => rest,
        None if bare.len() == 11 => bare.strip_prefix('1').unwrap_or(&bare),
        None => &bare,
    };
    if digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(digits.to_owned())
    } else {
        Err("must be a US phone number of ten digits")
    }
}

/// `local@domain` with a dot in the domain; quoted local parts and address literals are not
/// supported.
pub(super) fn email(text: &str) -> Result<(), &'static str> {
    let fits = text.len() <= 254
        && text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| is_local(local) && is_domain(domain));
    if fits { Ok(()) } else { Err("must be an email address") }
}

fn is_local(text: &str) -> bool {
    let atoms = text.split('.').all(|atom| {
        !atom.is_empty()
            && atom.chars().all(|c| {
                c.is_alphanumeric() || (c.is_ascii_graphic() && !r#"()<>[]:;@\,""#.contains(c))
            })
    });
    atoms && text.len() <= 64
}

fn is_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

/// Five digits or ZIP+4.
pub(super) fn zipcode(text: &str) -> Result<(), &'static str> {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = match text.split_once('-') {
        Some((five, four)) => digits(five, 5) && digits(four, 4),
        None => digits(text, 5),
    };
    if fits { Ok(()) } else { Err("must be five digits or ZIP+4") }
}

pub(super) fn state(text: &str) -> Result<(), &'static str> {
    if STATES.contains(&text) {
        Ok(())
    } else {
        Err("must be a two-letter USPS state or territory code")
    }
}

const STATES: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
    "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM",
    "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA",
    "WI", "WV", "WY", "PR", "GU", "AS", "VI", "MP", "MH", "PW", "FM", "AE", "AA", "AP",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let today = jiff::civil::date(2026, 1, 15);
        for text in ["1990-05-15", "2026-01-15", "2024-02-29"] {
            assert_eq!(date_of_birth(text, today), Ok(()), "{text}");
        }
        for text in
            ["1990-5-15", "1990-02-30", "15.05.1990", "1990-05-15T00:00:00", "", "２０２０-01-01"]
        {
            assert!(date_of_birth(text, today).is_err(), "{text}");
        }
        assert_eq!(date_of_birth("2026-01-16", today), Err("must not be in the future"));
    }

    #[test]
    fn phones() {
        for text in
            ["4155550100", "(415) 555-0100", "+1 415.555.0100", "1-415-555-0100", "+14155550100"]
        {
            assert_eq!(phone(text).as_deref(), Ok("4155550100"), "{text}");
        }
        for text in
            ["", "555-0100", "+44 20 7946 0958", "415555010a", "24155550100", "++14155550100"]
        {
            assert!(phone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn emails() {
        for text in ["jane.doe@acme.com", "a+b_c@x-y.co.uk", "jörg@müller.de"] {
            assert_eq!(email(text), Ok(()), "{text}");
        }
        for text in [
            "",
            "jane",
            "@acme.com",
            "jane@",
            "jane@acme",
            "a b@acme.com",
            "a@b@c.de",
            "a@-b.de",
            ".a@b.de",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
    }

    #[test]
    fn zipcodes_and_states() {
        for text in ["94102", "94102-1234"] {
            assert_eq!(zipcode(text), Ok(()), "{text}");
        }
        for text in ["9410", "941022", "94102-", "94102-123", "9410a", "94102 1234", ""] {
            assert!(zipcode(text).is_err(), "{text}");
        }
        assert_eq!(STATES.len(), 62);
        assert!(state("CA").is_ok() && state("ca").is_err() && state("XX").is_err());
    }
}
