//! Masking of values in reports.

use std::fmt::Write as _;

use super::characters::is_hidden;
use super::field::RosterField;

const MAX_SHAPE_LENGTH: usize = 24;
const MAX_TEXT_LENGTH: usize = 80;

/// What a report shows of a value: reference IDs and plan IDs unchanged, the format of dates,
/// numbers, codes and email addresses (`99/99/9999`), and only the length of everything else.
pub(crate) fn mask(field: RosterField, value: &str) -> String {
    match field {
        RosterField::ReferenceId | RosterField::PlanId => printable(value),
        RosterField::DateOfBirth
        | RosterField::Phone
        | RosterField::Email
        | RosterField::State
        | RosterField::Zipcode => shape(value),
        RosterField::FirstName
        | RosterField::LastName
        | RosterField::AddressLine1
        | RosterField::AddressLine2
        | RosterField::City => length(value),
    }
}

/// The format of a value: digits as `9`, letters as `x`.
pub(crate) fn shape(value: &str) -> String {
    let mut shape = String::new();
    for (index, c) in value.chars().enumerate() {
        if index == MAX_SHAPE_LENGTH {
            let _ = write!(shape, "… ({})", length(value));
            break;
        }
        shape.push(match c {
            c if c.is_numeric() => '9',
            c if c.is_alphabetic() => 'x',
            c if c.is_whitespace() => ' ',
            c if c.is_ascii_punctuation() => c,
            _ => '?',
        });
    }
    shape
}

/// The length of a value.
pub(crate) fn length(value: &str) -> String {
    match value.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}

/// Makes text from a file or a server printable: escapes control and invisible characters and
/// limits the length. Not for health data.
pub(crate) fn printable(value: &str) -> String {
    let mut text = String::new();
    for (index, c) in value.chars().enumerate() {
        if index == MAX_TEXT_LENGTH {
            text.push('…');
            break;
        }
        if is_hidden(c) { text.extend(c.escape_unicode()) } else { text.push(c) }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_only_the_format() {
        assert_eq!(shape("05/15/1990"), "99/99/9999");
        assert_eq!(shape("Jané@example.com"), "xxxx@xxxxxxx.xxx");
        assert_eq!(shape("a\u{7}b\n"), "x?x ");
        assert_eq!(shape(&"1".repeat(30)), format!("{}… (30 characters)", "9".repeat(24)));
        assert_eq!(length("é"), "1 character");
    }

    #[test]
    fn control_characters_are_escaped_and_length_is_limited() {
        assert_eq!(printable("EMP\u{1b}[31m"), "EMP\\u{1b}[31m");
        assert_eq!(printable("E\u{ad}1\u{e0041}"), "E\\u{ad}1\\u{e0041}");
        assert_eq!(printable(&"x".repeat(500)).chars().count(), 81);
    }
}
