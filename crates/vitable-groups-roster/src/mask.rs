//! Values shown without being told.

use std::fmt::Write as _;

use super::characters::is_hidden;
use super::field::RosterField;

const SHAPE_LENGTH: usize = 24;
const TEXT_LENGTH: usize = 80;

/// What may be shown of a field's value: the reference and the plan as they are, the form of
/// dates, numbers, codes and addresses (`99/99/9999`), and of everything else only the length.
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

/// The form of a value: digits as `9`, letters as `x`.
pub(crate) fn shape(value: &str) -> String {
    let mut shape = String::new();
    for (index, c) in value.chars().enumerate() {
        if index == SHAPE_LENGTH {
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

/// How long a value is.
pub(crate) fn length(value: &str) -> String {
    match value.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}

/// A text that is not health data but comes from a file or a server: control characters and
/// what cannot be seen escaped, the length bounded.
pub(crate) fn printable(value: &str) -> String {
    let mut text = String::new();
    for (index, c) in value.chars().enumerate() {
        if index == TEXT_LENGTH {
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
    fn shapes_keep_the_form_only() {
        assert_eq!(shape("05/15/1990"), "99/99/9999");
        assert_eq!(shape("Jané@example.com"), "xxxx@xxxxxxx.xxx");
        assert_eq!(shape("a\u{7}b\n"), "x?x ");
        assert_eq!(shape(&"1".repeat(30)), format!("{}… (30 characters)", "9".repeat(24)));
        assert_eq!(length("é"), "1 character");
    }

    #[test]
    fn hostile_text_is_tamed() {
        assert_eq!(printable("EMP\u{1b}[31m"), "EMP\\u{1b}[31m");
        assert_eq!(printable("E\u{ad}1\u{e0041}"), "E\\u{ad}1\\u{e0041}");
        assert_eq!(printable(&"x".repeat(500)).chars().count(), 81);
    }
}
