//! The rules of a roster check, each with a stable name.

use std::fmt;

use serde::{Serialize, Serializer};

use super::field::RosterField;

/// The severity of a finding.
///
/// ```
/// use vitable_groups::roster::Severity;
///
/// assert!(Severity::Error > Severity::Warning);
/// ```
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The API would accept the roster, but the result may not be what was intended.
    Warning,
    /// The API would reject the whole roster, or the row cannot be what was intended.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Describes a rule, for documentation and bindings.
///
/// ```
/// use vitable_groups::roster::RULES;
///
/// assert!(RULES.iter().any(|rule| rule.id == "state.unknown" && !rule.summary.is_empty()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleInfo {
    /// The stable name, such as `state.unknown`.
    pub id: &'static str,
    /// The field it applies to; none if it applies to a row or the whole roster.
    pub field: Option<RosterField>,
    /// The severity of a violation.
    pub severity: Severity,
    /// What the rule requires.
    pub summary: &'static str,
}

macro_rules! rules {
    ($( $name:ident $id:literal $severity:ident $($field:ident)? : $summary:literal, )*) => {
        /// A rule of the roster check.
        ///
        /// ```
        /// use vitable_groups::roster::{Rule, Severity};
        ///
        /// assert_eq!(Rule::StateUnknown.id(), "state.unknown");
        /// assert_eq!(Rule::StateUnknown.info().severity, Severity::Error);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $( #[doc = $summary] $name, )*
        }

        /// Every rule.
        ///
        /// ```
        /// assert!(vitable_groups::roster::RULES.iter().any(|rule| rule.id == "state.unknown"));
        /// ```
        pub const RULES: &[RuleInfo] = &[
            $( Rule::$name.info(), )*
        ];

        impl Rule {
            /// The description of the rule.
            pub const fn info(self) -> RuleInfo {
                match self {
                    $( Self::$name => RuleInfo {
                        id: $id,
                        field: rules!(@field $($field)?),
                        severity: Severity::$severity,
                        summary: $summary,
                    }, )*
                }
            }

            /// The stable name.
            pub const fn id(self) -> &'static str {
                self.info().id
            }
        }
    };
    (@field $field:ident) => { Some(RosterField::$field) };
    (@field) => { None };
}

rules! {
    RosterTooManyRows "roster.too_many_rows" Error: "Rosters have at most 5,000 rows.",
    RosterEmpty "roster.empty" Warning: "An empty roster unsubscribes everyone in the group.",
    RowRagged "row.ragged" Error: "Rows have as many cells as the header.",
    RowUnreadable "row.unreadable" Error: "Rows are JSON objects.",
    RowUnterminated "row.unterminated" Warning: "The last line of a file ends with a line break; without one, the file may be truncated.",
    CellLineBreak "cell.line_break" Error: "Cells have no line breaks unless multi_line_cells is set; a missing quotation mark joins lines.",
    FieldType "field.type" Error: "Values are text, and the address is an object.",
    FieldNumber "field.number" Warning: "A number was read as text; it may have lost leading zeros.",
    FieldRepeated "field.repeated" Error: "Each field occurs once in a row, and each key once in a JSON object.",
    FieldWhitespace "field.whitespace" Warning: "Values have no leading or trailing whitespace.",
    FieldControl "field.control" Error: "Values have no control characters.",
    FieldInvisible "field.invisible" Warning: "Values have no invisible characters.",
    ReferenceIdRequired "reference_id.required" Error ReferenceId: "Every row has a reference_id.",
    ReferenceIdTooLong "reference_id.too_long" Error ReferenceId: "Reference IDs have at most 255 characters.",
    ReferenceIdDuplicate "reference_id.duplicate" Error ReferenceId: "Each reference ID occurs once in a roster.",
    ReferenceIdSimilar "reference_id.similar" Warning ReferenceId: "Reference IDs that differ only in case or whitespace are different members.",
    ReferenceIdWhitespace "reference_id.whitespace" Error ReferenceId: "Reference IDs have no leading or trailing whitespace; the API does not trim them.",
    ReferenceIdInvisible "reference_id.invisible" Error ReferenceId: "Reference IDs have no invisible or control characters.",
    ReferenceIdConfusable "reference_id.confusable" Error ReferenceId: "Reference IDs have no characters that look like others, such as a dash for a hyphen or Cyrillic letters among Latin ones.",
    FirstNameRequired "first_name.required" Error FirstName: "Every row has a first name.",
    FirstNameTooLong "first_name.too_long" Error FirstName: "First names have at most 255 characters.",
    LastNameRequired "last_name.required" Error LastName: "Every row has a last name.",
    LastNameTooLong "last_name.too_long" Error LastName: "Last names have at most 255 characters.",
    DateOfBirthRequired "date_of_birth.required" Error DateOfBirth: "Every row has a date of birth.",
    DateOfBirthFormat "date_of_birth.format" Error DateOfBirth: "Dates of birth are written YYYY-MM-DD.",
    DateOfBirthInvalid "date_of_birth.invalid" Error DateOfBirth: "Dates of birth are valid dates.",
    DateOfBirthAmbiguous "date_of_birth.ambiguous" Error DateOfBirth: "Dates of birth can be read in only one way.",
    DateOfBirthFuture "date_of_birth.future" Error DateOfBirth: "Dates of birth are not in the future.",
    DateOfBirthAge "date_of_birth.age" Warning DateOfBirth: "Ages over 110 years are rarely correct.",
    PhoneInvalid "phone.invalid" Error Phone: "Phone numbers have ten digits, not counting a leading 1 or +1.",
    PhoneCountry "phone.country" Error Phone: "Phone numbers are US numbers; other country codes are not supported.",
    PhoneFormat "phone.format" Warning Phone: "Phone numbers are best sent as ten digits without punctuation.",
    EmailInvalid "email.invalid" Error Email: "Email addresses have the form name@domain.",
    PlanIdRequired "plan_id.required" Error PlanId: "Every row has a plan_id.",
    PlanIdUnknown "plan_id.unknown" Warning PlanId: "The plan_id is one of the organization's plans; adding a member with any other fails.",
    AddressLine1Required "address_line_1.required" Error AddressLine1: "Every row has a street address.",
    AddressLine1TooLong "address_line_1.too_long" Error AddressLine1: "Street addresses have at most 255 characters.",
    AddressLine2TooLong "address_line_2.too_long" Error AddressLine2: "Second address lines have at most 255 characters.",
    CityRequired "city.required" Error City: "Every row has a city.",
    CityTooLong "city.too_long" Error City: "City names have at most 255 characters.",
    StateRequired "state.required" Error State: "Every row has a state.",
    StateUnknown "state.unknown" Error State: "States are two-letter USPS codes in capitals.",
    ZipcodeRequired "zipcode.required" Error Zipcode: "Every row has a ZIP code.",
    ZipcodeFormat "zipcode.format" Error Zipcode: "ZIP codes are five digits, or ZIP+4 such as 94102-1234.",
    PersonDuplicate "person.duplicate" Warning: "The same email and date of birth under two reference IDs are probably one person.",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn names_are_unique() {
        let ids: std::collections::HashSet<_> = RULES.iter().map(|rule| rule.id).collect();
        assert_eq!(ids.len(), RULES.len());
    }
}
