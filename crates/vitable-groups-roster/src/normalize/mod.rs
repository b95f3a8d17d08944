//! Normalization: converts values to the API's format. Opt-in, and every change is reported.

mod dates;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

pub use dates::{DateFormat, UnknownDateFormat};

use super::field::RosterField;
use super::finding::Finding;
use super::mask;
use super::row::Row;
use super::rule::Rule;
use super::value::{self, Phone};
use dates::Parsed;
use vitable_groups_model::Field;

/// What to normalize. The default is nothing.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::{DateFormat, Normalize, Roster};
///
/// let address = Address::new("1 Main Street", "Newark", "new jersey", "7102");
/// let mut roster =
///     Roster::from_members([Member::new("E1", "A", "B", "5/4/1990", "pln_1", address)]);
/// let options = Normalize::default().state(true).zip(true).dates([DateFormat::MonthDayYear]);
/// let report = roster.normalize(&options);
/// assert_eq!(report.total, 3);
/// let member = roster.rows()[0].member();
/// assert_eq!(member.date_of_birth.as_str(), "1990-05-04");
/// assert_eq!(member.address.zipcode.as_str(), "07102");
/// assert_eq!(report.changes[0].from, "9/9/9999"); // masked
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default = "Normalize::safe", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[non_exhaustive]
pub struct Normalize {
    /// Removes whitespace around values, including reference IDs.
    pub trim: bool,
    /// Converts phone numbers to ten digits.
    pub phone: bool,
    /// Converts state names and lowercase codes to codes.
    pub state: bool,
    /// Adds the hyphen of ZIP+4 and leading zeros that a spreadsheet dropped.
    pub zip: bool,
    /// Converts dates of birth in these formats to `YYYY-MM-DD`.
    pub dates: Vec<DateFormat>,
    /// Two-digit years above this one are 19xx, others 20xx.
    pub pivot_year: Option<i16>,
    /// The current date: two-digit years that would lie after it are in the previous century.
    #[serde(deserialize_with = "day")]
    pub today: Option<Date>,
}

fn day<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(input)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

/// A value that was changed, masked before and after.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let mut roster = Roster::from_members([member("E1", "nevada")]);
/// let report = roster.normalize(&Normalize::safe());
/// assert_eq!((report.changes[0].row, report.changes[0].rule), (1, "state"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NormalizedValue {
    /// The row, counted from 1.
    pub row: u64,
    /// The line of the file.
    pub line: Option<u64>,
    /// The row's reference ID after the change.
    pub reference_id: String,
    /// The field.
    pub field: RosterField,
    /// The normalizer: `trim`, `phone`, `state`, `zip` or `date`.
    pub rule: &'static str,
    /// The masked value before.
    pub from: String,
    /// The masked value after.
    pub to: String,
}

/// What normalization changed, and ambiguous values it left alone.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let mut roster = Roster::from_members([member("E1", "nevada"), member("E2", "NV")]);
/// assert_eq!(roster.normalize(&Normalize::safe()).total, 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NormalizeReport {
    /// Number of changes, including those not kept in `changes`.
    pub total: u64,
    /// The first 10,000 changes.
    pub changes: Vec<NormalizedValue>,
    /// Ambiguous values that were left alone; a check reports them too.
    pub findings: Vec<Finding>,
}

const MAX_ENTRIES: usize = 10_000;

impl Normalize {
    /// The normalizers that cannot be wrong: whitespace, phone numbers, states. ZIP codes and dates
    /// are opt-in, because they depend on knowledge about the file.
    pub fn safe() -> Self {
        Self { trim: true, phone: true, state: true, ..Self::default() }
    }

    /// Removes whitespace around values, or keeps it.
    #[must_use]
    pub fn trim(mut self, trim: bool) -> Self {
        self.trim = trim;
        self
    }

    /// Writes phones as ten digits, or keeps them.
    #[must_use]
    pub fn phone(mut self, phone: bool) -> Self {
        self.phone = phone;
        self
    }

    /// Writes names of states and lowercase codes as codes, or keeps them.
    #[must_use]
    pub fn state(mut self, state: bool) -> Self {
        self.state = state;
        self
    }

    /// Adds the hyphen of ZIP+4 and the zeros that a spreadsheet dropped, or keeps ZIP codes.
    #[must_use]
    pub fn zip(mut self, zip: bool) -> Self {
        self.zip = zip;
        self
    }

    /// Writes dates of birth in these formats as `YYYY-MM-DD`.
    #[must_use]
    pub fn dates(mut self, formats: impl IntoIterator<Item = DateFormat>) -> Self {
        self.dates = formats.into_iter().collect();
        self
    }

    /// Reads two-digit years above this one as 19xx, others as 20xx.
    #[must_use]
    pub fn pivot_year(mut self, year: i16) -> Self {
        self.pivot_year = Some(year);
        self
    }

    /// Sets the day after which a two-digit year cannot be a year of birth.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Normalizes a row and adds the changes to a report.
    pub fn apply(&self, row: &mut Row, report: &mut NormalizeReport) {
        if !row.is_readable() {
            return;
        }
        for field in RosterField::all() {
            let Field::Value(text) = field.get(row.member()) else { continue };
            let trimmed = if self.trim { text.trim() } else { text };
            let before = text.to_owned();
            let trimmed = trimmed.to_owned();
            if trimmed != before {
                change(row, field, "trim", &before, trimmed.clone(), report);
            }
            if trimmed.is_empty() {
                continue;
            }
            match self.convert(field, &trimmed) {
                Conversion::To(rule, text) => change(row, field, rule, &trimmed, text, report),
                Conversion::Ambiguous => ambiguous(row, &trimmed, report),
                Conversion::None => {}
            }
        }
    }

    fn convert(&self, field: RosterField, text: &str) -> Conversion {
        let converted = match field {
            RosterField::Phone if self.phone => match value::phone(text.trim()) {
                Phone::Us(digits) => Some(("phone", digits)),
                _ => None,
            },
            RosterField::State if self.state => {
                value::state_code(text).map(|code| ("state", code.to_owned()))
            }
            RosterField::Zipcode if self.zip => zip(text.trim()).map(|zip| ("zip", zip)),
            RosterField::DateOfBirth if value::date(text).is_err() => {
                match dates::read(text, &self.dates, self.pivot_year, self.today) {
                    Parsed::Date(date) => Some(("date", date.to_string())),
                    Parsed::Ambiguous => return Conversion::Ambiguous,
                    Parsed::None => None,
                }
            }
            _ => None,
        };
        match converted {
            Some((rule, converted)) if converted != text => Conversion::To(rule, converted),
            _ => Conversion::None,
        }
    }
}

fn change(
    row: &mut Row,
    field: RosterField,
    rule: &'static str,
    from: &str,
    to: String,
    report: &mut NormalizeReport,
) {
    let (from, shown) = (mask::mask(field, from), mask::mask(field, &to));
    if field == RosterField::DateOfBirth {
        row.drop_issues(Rule::DateOfBirthAmbiguous);
    }
    let value = if to.is_empty() { Field::Absent } else { Field::Value(to) };
    field.set(row.member_mut(), value);
    report.total += 1;
    if report.changes.len() < MAX_ENTRIES {
        report.changes.push(NormalizedValue {
            row: row.row(),
            line: row.line(),
            reference_id: mask::printable(&row.member().reference_id),
            field,
            rule,
            from,
            to: shown,
        });
    }
}

enum Conversion {
    To(&'static str, String),
    Ambiguous,
    None,
}

fn ambiguous(row: &mut Row, text: &str, report: &mut NormalizeReport) {
    let finding = row.field_finding(
        RosterField::DateOfBirth,
        Rule::DateOfBirthAmbiguous,
        Some(text),
        "date_of_birth can be read as two different dates in the given formats",
        "Specify only one format, set a pivot year for two-digit years, or write YYYY-MM-DD.",
    );
    if !row.issues().contains(&finding) {
        row.add_issue(finding.clone());
    }
    if report.findings.len() < MAX_ENTRIES {
        report.findings.push(finding);
    }
}

fn zip(text: &str) -> Option<String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let separated = text.split_once('-').or_else(|| text.split_once(' '));
    match separated.map(|(zip, four)| (zip.trim(), four.trim())) {
        Some((zip, four)) if digits(zip) && digits(four) && four.len() == 4 => {
            (3..=5).contains(&zip.len()).then(|| format!("{zip:0>5}-{four}"))
        }
        Some(_) => None,
        None if !digits(text) => None,
        None => match text.len() {
            3 | 4 => Some(format!("{text:0>5}")),
            7 | 8 => zip(&format!("{text:0>9}")),
            9 => text.split_at_checked(5).map(|(zip, four)| format!("{zip}-{four}")),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zip_forms() {
        for (text, expected) in [
            ("7102", Some("07102")),
            ("501", Some("00501")),
            ("941021234", Some("94102-1234")),
            ("71021234", Some("07102-1234")),
            ("94102 - 1234", Some("94102-1234")),
            ("94102 1234", Some("94102-1234")),
            ("7102-1234", Some("07102-1234")),
            ("94102", None),
            ("12", None),
            ("941023", None),
            ("94102-12", None),
            ("9410x", None),
            ("", None),
        ] {
            assert_eq!(zip(text).as_deref(), expected, "{text}");
        }
    }
}
