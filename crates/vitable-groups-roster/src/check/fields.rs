//! Rules that apply to a single row.

use jiff::civil::Date;

use super::CheckOptions;
use crate::characters;
use crate::field::RosterField;
use crate::finding::Finding;
use crate::row::Row;
use crate::rule::Rule;
use crate::value::{self, BadDate, Phone};
use vitable_groups_model::Field;

const MAX_LENGTH: usize = 255;
const MAX_AGE: i16 = 110;

/// Checks every field of a row.
pub(super) fn check(row: &Row, options: &CheckOptions, found: &mut impl FnMut(Finding)) {
    let mut fields = Fields { row, found };
    fields.text(
        RosterField::ReferenceId,
        Some(Rule::ReferenceIdRequired),
        Some(Rule::ReferenceIdTooLong),
    );
    fields.text(
        RosterField::FirstName,
        Some(Rule::FirstNameRequired),
        Some(Rule::FirstNameTooLong),
    );
    fields.text(RosterField::LastName, Some(Rule::LastNameRequired), Some(Rule::LastNameTooLong));
    fields.date_of_birth(options.today);
    fields.phone();
    fields.email();
    fields.plan_id(options);
    fields.text(
        RosterField::AddressLine1,
        Some(Rule::AddressLine1Required),
        Some(Rule::AddressLine1TooLong),
    );
    fields.text(RosterField::AddressLine2, None, Some(Rule::AddressLine2TooLong));
    fields.text(RosterField::City, Some(Rule::CityRequired), Some(Rule::CityTooLong));
    fields.state();
    fields.zipcode();
}

/// Printable ASCII, the common case.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A value without surrounding whitespace, and the number of characters removed from its start.
fn trim(value: &str) -> (usize, &str) {
    (value.chars().take_while(|c| c.is_whitespace()).count(), value.trim())
}

struct Fields<'a, F> {
    row: &'a Row,
    found: &'a mut F,
}

impl<'a, F: FnMut(Finding)> Fields<'a, F> {
    fn report(
        &mut self,
        field: RosterField,
        rule: Rule,
        value: Option<&str>,
        message: &str,
        fix: &str,
    ) {
        let message = format!("{field} {message}");
        (self.found)(self.row.field_finding(field, rule, value, message, fix));
    }

    /// The value to check. A missing required value is reported, unless the reader already did.
    fn present(&mut self, field: RosterField, required: Option<Rule>) -> Option<&'a str> {
        let value = match field.get(self.row.member()) {
            Field::Value(value) if required.is_none() || !value.trim().is_empty() => Some(value),
            _ => None,
        };
        if value.is_none()
            && let Some(rule) = required
            && !self
                .row
                .issues()
                .iter()
                .any(|issue| issue.rule == Rule::FieldType && issue.field == Some(field))
        {
            self.report(
                field,
                rule,
                None,
                "is missing",
                "Fill it in; the API rejects the roster without it.",
            );
        }
        value
    }

    fn text(&mut self, field: RosterField, required: Option<Rule>, too_long: Option<Rule>) {
        let Some(value) = self.present(field, required) else { return };
        if let Some(rule) = too_long
            && value.len() > MAX_LENGTH
            && value.chars().count() > MAX_LENGTH
        {
            self.report(
                field,
                rule,
                Some(value),
                "is longer than 255 characters",
                "Shorten it; two cells may have been joined.",
            );
        }
        if field == RosterField::ReferenceId {
            self.reference_id(value);
        } else {
            if value.trim().len() < value.len() {
                let fix = "Remove it, or use the trim normalizer.";
                let message = "has leading or trailing whitespace";
                self.report(field, Rule::FieldWhitespace, Some(value), message, fix);
            }
            self.hidden(field, value);
        }
    }

    /// Reports characters that make a reference ID different from what it looks like.
    fn reference_id(&mut self, value: &str) {
        if is_plain(value) && value.trim().len() == value.len() {
            return;
        }
        let field = RosterField::ReferenceId;
        let (before, inner) = trim(value);
        if inner.len() < value.len() {
            let at = if before > 0 { 0 } else { inner.chars().count() };
            let found = value.chars().nth(at).map(characters::name).unwrap_or_default();
            let message = format!(
                "has leading or trailing whitespace ({found} at character {}), so the API treats it as a different reference ID",
                at + 1
            );
            let fix = "Remove it, or use the trim normalizer.";
            self.report(field, Rule::ReferenceIdWhitespace, Some(value), &message, fix);
        }
        let find = |wanted: fn(char) -> bool| inner.chars().enumerate().find(|(_, c)| wanted(*c));
        if let Some((at, c)) = find(characters::is_hidden) {
            let message = format!(
                "has {} at character {}, which is invisible",
                characters::name(c),
                before + at + 1
            );
            let fix = "Remove it; the API compares reference IDs exactly.";
            self.report(field, Rule::ReferenceIdInvisible, Some(value), &message, fix);
        }
        let confusable = find(|c| characters::mistaken_for(c).is_some())
            .map(|(at, c)| (at, c, characters::mistaken_for(c).unwrap_or_default()))
            .or_else(|| {
                characters::mixed(inner).map(|(at, c)| (at, c, "a letter of another alphabet"))
            });
        if let Some((at, c, other)) = confusable {
            let message = format!(
                "has {} at character {}, which can be mistaken for {other}",
                characters::name(c),
                before + at + 1
            );
            let fix =
                "Replace it with the intended character; the API compares reference IDs exactly.";
            self.report(field, Rule::ReferenceIdConfusable, Some(value), &message, fix);
        }
    }

    /// Reports control characters and invisible characters.
    fn hidden(&mut self, field: RosterField, value: &str) {
        if is_plain(value) {
            return;
        }
        let (before, inner) = trim(value);
        let breaks = self.row.may_have_line_breaks();
        let control = |c: char| c.is_control() && !(breaks && matches!(c, '\r' | '\n'));
        let invisible = |c: char| characters::is_hidden(c) && !c.is_control();
        for (rule, wanted) in [
            (Rule::FieldControl, &control as &dyn Fn(char) -> bool),
            (Rule::FieldInvisible, &invisible),
        ] {
            if let Some((at, c)) = inner.chars().enumerate().find(|(_, c)| wanted(*c)) {
                let message =
                    format!("has {} at character {}", characters::name(c), before + at + 1);
                self.report(field, rule, Some(value), &message, "Remove it.");
            }
        }
    }

    fn date_of_birth(&mut self, today: Date) {
        let field = RosterField::DateOfBirth;
        let Some(value) = self.present(field, Some(Rule::DateOfBirthRequired)) else { return };
        if self.row.issues().iter().any(|issue| issue.rule == Rule::DateOfBirthAmbiguous) {
            return;
        }
        let (rule, message, fix) = match value::date(value) {
            Ok(date) if date > today => (
                Rule::DateOfBirthFuture,
                "is in the future",
                "Correct the year; a two-digit year may have been read as 20xx.",
            ),
            Ok(date) if today.year() - date.year() > MAX_AGE => {
                (Rule::DateOfBirthAge, "implies an age over 110 years", "Check the year.")
            }
            Ok(_) => return,
            Err(BadDate::Calendar) => {
                (Rule::DateOfBirthInvalid, "is not a valid date", "Correct the day or the month.")
            }
            Err(BadDate::Format) => (
                Rule::DateOfBirthFormat,
                "is not in YYYY-MM-DD format",
                "Write it as YYYY-MM-DD, or specify the file's date format for normalizing.",
            ),
        };
        self.report(field, rule, Some(value), message, fix);
    }

    fn phone(&mut self) {
        let field = RosterField::Phone;
        let Some(value) = self.present(field, None) else { return };
        let (rule, message, fix) = match value::phone(value) {
            Phone::Us(digits) if digits == value => return,
            Phone::Us(_) => (
                Rule::PhoneFormat,
                "is not written as ten digits without punctuation",
                "No action is needed; the phone normalizer rewrites it.",
            ),
            Phone::Foreign => (
                Rule::PhoneCountry,
                "has a country code other than 1",
                "Use a US number, or leave it empty.",
            ),
            Phone::Invalid => (
                Rule::PhoneInvalid,
                "is not a ten-digit US number",
                "Correct it, or leave it empty; extensions are not supported.",
            ),
        };
        self.report(field, rule, Some(value), message, fix);
    }

    fn email(&mut self) {
        let field = RosterField::Email;
        let Some(value) = self.present(field, None) else { return };
        if !value::is_email(value) {
            let fix = if value::is_email(value.trim()) {
                "Remove the whitespace around it, or use the trim normalizer."
            } else {
                "Correct it, or leave it empty."
            };
            self.report(field, Rule::EmailInvalid, Some(value), "is not an email address", fix);
        }
    }

    fn plan_id(&mut self, options: &CheckOptions) {
        let field = RosterField::PlanId;
        let Some(value) = self.present(field, Some(Rule::PlanIdRequired)) else { return };
        self.hidden(field, value);
        if options.plan_ids.as_ref().is_some_and(|plans| !plans.contains(value)) {
            self.report(
                field,
                Rule::PlanIdUnknown,
                Some(value),
                "is not one of the organization's plans",
                "Use an ID from the list of plans; if this row is a new member, adding it will fail.",
            );
        }
    }

    fn state(&mut self) {
        let field = RosterField::State;
        let Some(value) = self.present(field, Some(Rule::StateRequired)) else { return };
        if !value::is_state(value) {
            let fix = match value::state_code(value) {
                Some(_) => "Write the two-letter code in capitals, or use the state normalizer.",
                None => "Write the two-letter USPS code, such as CA.",
            };
            self.report(
                field,
                Rule::StateUnknown,
                Some(value),
                "is not a USPS state or territory code",
                fix,
            );
        }
    }

    fn zipcode(&mut self) {
        let field = RosterField::Zipcode;
        let Some(value) = self.present(field, Some(Rule::ZipcodeRequired)) else { return };
        if !value::is_zipcode(value) {
            let short =
                matches!(value.len(), 3 | 4) && value.bytes().all(|byte| byte.is_ascii_digit());
            let fix = if short {
                "A spreadsheet probably dropped leading zeros: write five digits, or use the zip normalizer."
            } else {
                "Write five digits, or ZIP+4 such as 94102-1234."
            };
            self.report(field, Rule::ZipcodeFormat, Some(value), "is not a ZIP code", fix);
        }
    }
}
