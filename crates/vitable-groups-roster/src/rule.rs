//! The rules a roster is checked by, each with a stable name.

use std::fmt;

use serde::{Serialize, Serializer};

use super::field::RosterField;

/// How bad a finding is.
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
    /// The API would take the roster, but perhaps not do what is meant.
    Warning,
    /// The API would refuse the whole roster, or the row cannot be what was meant.
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

/// A rule, as documentation and bindings list it.
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
    /// The field it is about; none when it is about a row or the whole roster.
    pub field: Option<RosterField>,
    /// How bad a violation is.
    pub severity: Severity,
    /// What the rule asks for.
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
            /// What the rule is.
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
    RosterTooManyRows "roster.too_many_rows" Error: "A roster has at most 5,000 rows.",
    RosterEmpty "roster.empty" Warning: "An empty roster unsubscribes everyone in the group.",
    RowRagged "row.ragged" Error: "A row has as many cells as the header.",
    RowUnreadable "row.unreadable" Error: "A row is a JSON object.",
    RowUnterminated "row.unterminated" Warning: "The last line of a file has a line end; without one the file may be truncated.",
    CellLineBreak "cell.line_break" Error: "A cell has no line break, unless the reading options allow them; a lost quotation mark makes one.",
    FieldType "field.type" Error: "A value is text, and the address an object.",
    FieldNumber "field.number" Warning: "A number was read as text; leading zeros may be lost.",
    FieldRepeated "field.repeated" Error: "A row gives a field once, and a JSON object a key.",
    FieldWhitespace "field.whitespace" Warning: "A value has no white space around it.",
    FieldControl "field.control" Error: "Values have no control characters.",
    FieldInvisible "field.invisible" Warning: "Values have no invisible characters.",
    ReferenceIdRequired "reference_id.required" Error ReferenceId: "Every row has a reference_id.",
    ReferenceIdTooLong "reference_id.too_long" Error ReferenceId: "A reference_id has at most 255 characters.",
    ReferenceIdDuplicate "reference_id.duplicate" Error ReferenceId: "A reference_id occurs once in a roster.",
    ReferenceIdSimilar "reference_id.similar" Warning ReferenceId: "References that differ only in case or white space are different members.",
    ReferenceIdWhitespace "reference_id.whitespace" Error ReferenceId: "A reference_id has no whitespace around it; the API does not trim it.",
    ReferenceIdInvisible "reference_id.invisible" Error ReferenceId: "A reference_id has no invisible or control characters.",
    ReferenceIdConfusable "reference_id.confusable" Error ReferenceId: "A reference_id has no characters that look like others, such as a dash like a hyphen or Cyrillic letters among Latin ones.",
    FirstNameRequired "first_name.required" Error FirstName: "Every row has a first name.",
    FirstNameTooLong "first_name.too_long" Error FirstName: "A first name has at most 255 characters.",
    LastNameRequired "last_name.required" Error LastName: "Every row has a last name.",
    LastNameTooLong "last_name.too_long" Error LastName: "A last name has at most 255 characters.",
    DateOfBirthRequired "date_of_birth.required" Error DateOfBirth: "Every row has a birth date.",
    DateOfBirthFormat "date_of_birth.format" Error DateOfBirth: "A birth date is written YYYY-MM-DD.",
    DateOfBirthInvalid "date_of_birth.invalid" Error DateOfBirth: "A birth date is a day of the calendar.",
    DateOfBirthAmbiguous "date_of_birth.ambiguous" Error DateOfBirth: "A birth date can be read in one way only.",
    DateOfBirthFuture "date_of_birth.future" Error DateOfBirth: "A birth date is not in the future.",
    DateOfBirthAge "date_of_birth.age" Warning DateOfBirth: "An age over 110 years is rarely right.",
    PhoneInvalid "phone.invalid" Error Phone: "A phone number has ten digits, a leading 1 or +1 apart.",
    PhoneCountry "phone.country" Error Phone: "A phone number is a US number; no other country code is taken.",
    PhoneFormat "phone.format" Warning Phone: "A phone number is best sent as its ten digits alone.",
    EmailInvalid "email.invalid" Error Email: "An e-mail address has the form name@domain.",
    PlanIdRequired "plan_id.required" Error PlanId: "Every row has a plan_id.",
    PlanIdUnknown "plan_id.unknown" Warning PlanId: "A plan_id is one of the organization's plans; adding a member with another one fails.",
    AddressLine1Required "address_line_1.required" Error AddressLine1: "Every row has a street address.",
    AddressLine1TooLong "address_line_1.too_long" Error AddressLine1: "A street address has at most 255 characters.",
    AddressLine2TooLong "address_line_2.too_long" Error AddressLine2: "A second address line has at most 255 characters.",
    CityRequired "city.required" Error City: "Every row has a city.",
    CityTooLong "city.too_long" Error City: "A city has at most 255 characters.",
    StateRequired "state.required" Error State: "Every row has a state.",
    StateUnknown "state.unknown" Error State: "A state is a two-letter USPS code in capitals.",
    ZipcodeRequired "zipcode.required" Error Zipcode: "Every row has a ZIP code.",
    ZipcodeFormat "zipcode.format" Error Zipcode: "A ZIP code is five digits, or ZIP+4 such as 94102-1234.",
    PersonDuplicate "person.duplicate" Warning: "The same e-mail and birth date under two references is probably one person.",
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
