//! The formats of single values: phone numbers, email addresses, dates, states, ZIP codes.

use jiff::civil::Date;

/// The USPS codes that the API accepts, with the names of the states.
pub(crate) const STATES: [(&str, &str); 62] = [
    ("AL", "alabama"),
    ("AK", "alaska"),
    ("AZ", "arizona"),
    ("AR", "arkansas"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DC", "district of columbia"),
    ("DE", "delaware"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("IA", "iowa"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("ME", "maine"),
    ("MD", "maryland"),
    ("MA", "massachusetts"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MS", "mississippi"),
    ("MO", "missouri"),
    ("MT", "montana"),
    ("NE", "nebraska"),
    ("NV", "nevada"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NY", "new york"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VT", "vermont"),
    ("VA", "virginia"),
    ("WA", "washington"),
    ("WI", "wisconsin"),
    ("WV", "west virginia"),
    ("WY", "wyoming"),
    ("PR", "puerto rico"),
    ("GU", "guam"),
    ("AS", "american samoa"),
    ("VI", "virgin islands"),
    ("MP", "northern mariana islands"),
    ("MH", "marshall islands"),
    ("PW", "palau"),
    ("FM", "federated states of micronesia"),
    ("AE", "armed forces europe"),
    ("AA", "armed forces americas"),
    ("AP", "armed forces pacific"),
];

pub(crate) fn is_state(code: &str) -> bool {
    STATES.iter().any(|(known, _)| *known == code)
}

/// The code for a state's name or for a code in any case.
pub(crate) fn state_code(text: &str) -> Option<&'static str> {
    let folded = text.trim().replace('.', "").to_lowercase();
    let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    let other = match folded.as_str() {
        "us virgin islands" | "united states virgin islands" => Some("VI"),
        "washington dc" => Some("DC"),
        "micronesia" => Some("FM"),
        _ => None,
    };
    let known = || {
        STATES
            .iter()
            .find(|(code, name)| *name == folded || code.eq_ignore_ascii_case(&folded))
            .map(|(code, _)| *code)
    };
    other.or_else(known)
}

/// A parsed phone number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Phone {
    /// The ten digits of a US number.
    Us(String),
    /// A number with another country's code.
    Foreign,
    /// Not a phone number.
    Invalid,
}

/// Parses a phone number in any common US format, as the API does.
pub(crate) fn phone(text: &str) -> Phone {
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.')).collect();
    let all_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let (digits, plus) = match bare.strip_prefix('+') {
        Some(rest) => (rest, true),
        None => (bare.as_str(), false),
    };
    if !all_digits(digits) {
        return Phone::Invalid;
    }
    match (digits.len(), digits.strip_prefix('1'), plus) {
        (10, _, false) => Phone::Us(digits.to_owned()),
        (11, Some(rest), _) => Phone::Us(rest.to_owned()),
        (7..=15, None, true) => Phone::Foreign,
        _ => Phone::Invalid,
    }
}

/// Whether a text has the form of an email address.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let dots_fit =
        |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && dots_fit(local)
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let label_fits = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    local_fits
        && text.len() <= 254
        && domain.contains('.')
        && domain.split('.').all(label_fits)
        && domain.rsplit('.').next().is_some_and(|top| top.chars().any(char::is_alphabetic))
}

/// Why a text is not a date.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadDate {
    /// It is not in `YYYY-MM-DD` format.
    Format,
    /// There is no such date.
    Calendar,
}

/// Parses `YYYY-MM-DD`, strictly.
pub(crate) fn date(text: &str) -> Result<Date, BadDate> {
    let bytes = text.as_bytes();
    let fits = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let mut parts = text.split('-').map(str::parse::<i16>);
    match (fits, parts.next(), parts.next(), parts.next()) {
        (true, Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => {
            let month = i8::try_from(month).map_err(|_| BadDate::Calendar)?;
            let day = i8::try_from(day).map_err(|_| BadDate::Calendar)?;
            // Year 0000 is what some systems write for an empty date.
            if year == 0 {
                return Err(BadDate::Calendar);
            }
            Date::new(year, month, day).map_err(|_| BadDate::Calendar)
        }
        _ => Err(BadDate::Format),
    }
}

/// Five digits, or ZIP+4 with its hyphen.
pub(crate) fn is_zipcode(text: &str) -> bool {
    let digits = |part: &str, count: usize| {
        part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    match text.split_once('-') {
        Some((zip, four)) => digits(zip, 5) && digits(four, 4),
        None => digits(text, 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_forms() {
        for text in [
            "4155550123",
            "(415) 555-0123",
            "415.555.0123",
            "+1 415 555 0123",
            "1-415-555-0123",
            "+14155550123",
        ] {
            assert_eq!(phone(text), Phone::Us("4155550123".to_owned()), "{text}");
        }
        for text in ["+44 20 7946 0958", "+524155550123"] {
            assert_eq!(phone(text), Phone::Foreign, "{text}");
        }
        for text in [
            "",
            "555-0123",
            "415555012",
            "41555501234",
            "415555o123",
            "+4155550123x",
            "+1",
            "+1415555012",
            "٤١٥٥٥٥٠١٢٣",
            "4155550123 x5",
        ] {
            assert_eq!(phone(text), Phone::Invalid, "{text}");
        }
    }

    #[test]
    fn email_forms() {
        for text in [
            "a@example.com",
            "first.last+tag@sub.example.co",
            "o'neil@example.com",
            "zoë@example.com",
        ] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@",
            "@example.com",
            "a@b",
            "a b@example.com",
            "a@@example.com",
            "a@example..com",
            ".a@example.com",
            "a.@example.com",
            "a@-example.com",
            "a@example.com ",
            "a@1.2.3.4",
            "a@exam_ple.com",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }

    #[test]
    fn date_forms() {
        assert_eq!(date("1990-05-15"), Ok(jiff::civil::date(1990, 5, 15)));
        assert_eq!(date("2000-02-29"), Ok(jiff::civil::date(2000, 2, 29)));
        for text in [
            "1990-5-15",
            "05/15/1990",
            "19900515",
            "1990-05-15T00:00:00Z",
            "",
            "+990-05-15",
            "1990-05-1é",
        ] {
            assert_eq!(date(text), Err(BadDate::Format), "{text}");
        }
        for text in ["1990-02-30", "2001-02-29", "1990-13-01", "1990-00-10", "0000-01-01"] {
            assert_eq!(date(text), Err(BadDate::Calendar), "{text}");
        }
    }

    #[test]
    fn zip_and_state_forms() {
        for text in ["94102", "94102-1234"] {
            assert!(is_zipcode(text), "{text}");
        }
        for text in
            ["", "9410", "941021234", "94102-", "94102-123", "9410a", " 94102", "94102-1234-1"]
        {
            assert!(!is_zipcode(text), "{text}");
        }
        assert!(is_state("PR") && !is_state("pr") && !is_state("XX") && !is_state("Calif."));
        assert_eq!(state_code(" new  york "), Some("NY"));
        assert_eq!(state_code("D.C."), Some("DC"));
        assert_eq!(state_code("tx"), Some("TX"));
        assert_eq!(state_code("Ontario"), None);
        let codes: std::collections::HashSet<_> = STATES.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), 62);
    }
}
