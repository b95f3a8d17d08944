//! The fields of a roster row, and the column names people give them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::{Field, Member, Sensitive};

/// A field of a roster row, named as the API names it.
///
/// ```
/// use vitable_groups::roster::RosterField;
///
/// assert_eq!(RosterField::State.path(), "address.state");
/// assert_eq!("address.state".parse::<RosterField>(), Ok(RosterField::State));
/// assert_eq!("state".parse::<RosterField>(), Ok(RosterField::State));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum RosterField {
    /// `reference_id`
    ReferenceId,
    /// `first_name`
    FirstName,
    /// `last_name`
    LastName,
    /// `date_of_birth`
    DateOfBirth,
    /// `phone`
    Phone,
    /// `email`
    Email,
    /// `plan_id`
    PlanId,
    /// `address.address_line_1`
    AddressLine1,
    /// `address.address_line_2`
    AddressLine2,
    /// `address.city`
    City,
    /// `address.state`
    State,
    /// `address.zipcode`
    Zipcode,
}

/// What is known about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FieldInfo {
    /// The field.
    pub field: RosterField,
    /// Where the API has it, such as `address.state`.
    pub path: &'static str,
    /// The name of its column in a CSV file, such as `state`.
    pub column: &'static str,
    /// Whether every row must have it.
    pub required: bool,
    /// Other column names that are understood, in lower case without spaces or punctuation.
    pub aliases: &'static [&'static str],
    /// One line on the rule.
    pub summary: &'static str,
}

/// Every field, in the order of the API.
///
/// ```
/// let required: Vec<_> = vitable_groups::roster::FIELDS.iter().filter(|f| f.required).collect();
/// assert_eq!(required.len(), 9);
/// ```
pub const FIELDS: &[FieldInfo] = &[
    FieldInfo {
        field: RosterField::ReferenceId,
        path: "reference_id",
        column: "reference_id",
        required: true,
        aliases: &[
            "reference",
            "ref",
            "refid",
            "employeeid",
            "employeenumber",
            "employeeno",
            "empid",
            "empno",
            "memberid",
            "membernumber",
            "memberreferenceid",
            "externalid",
            "externalreferenceid",
            "personid",
            "workerid",
            "payrollid",
            "associateid",
            "staffid",
        ],
        summary: "Your own stable identifier of the person; 1 to 255 characters, unique in the roster.",
    },
    FieldInfo {
        field: RosterField::FirstName,
        path: "first_name",
        column: "first_name",
        required: true,
        aliases: &[
            "first",
            "fname",
            "givenname",
            "forename",
            "legalfirstname",
            "employeefirstname",
            "memberfirstname",
        ],
        summary: "Legal first name, 1 to 255 characters.",
    },
    FieldInfo {
        field: RosterField::LastName,
        path: "last_name",
        column: "last_name",
        required: true,
        aliases: &[
            "last",
            "lname",
            "surname",
            "familyname",
            "legallastname",
            "employeelastname",
            "memberlastname",
        ],
        summary: "Legal last name, 1 to 255 characters.",
    },
    FieldInfo {
        field: RosterField::DateOfBirth,
        path: "date_of_birth",
        column: "date_of_birth",
        required: true,
        aliases: &["dob", "birthdate", "birthday", "birthdt", "bdate", "dateborn"],
        summary: "YYYY-MM-DD, not in the future.",
    },
    FieldInfo {
        field: RosterField::Phone,
        path: "phone",
        column: "phone",
        required: false,
        aliases: &[
            "phonenumber",
            "phoneno",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "mobilephonenumber",
            "cell",
            "cellphone",
            "cellnumber",
            "telephone",
            "telephonenumber",
            "tel",
            "homephone",
            "contactnumber",
        ],
        summary: "A US number of ten digits.",
    },
    FieldInfo {
        field: RosterField::Email,
        path: "email",
        column: "email",
        required: false,
        aliases: &["emailaddress", "mail", "workemail", "personalemail", "emailid"],
        summary: "An e-mail address.",
    },
    FieldInfo {
        field: RosterField::PlanId,
        path: "plan_id",
        column: "plan_id",
        required: true,
        aliases: &["plan", "plancode", "careplan", "careplanid", "vitableplanid"],
        summary: "One of the organization's plans.",
    },
    FieldInfo {
        field: RosterField::AddressLine1,
        path: "address.address_line_1",
        column: "address_line_1",
        required: true,
        aliases: &[
            "address",
            "address1",
            "addr",
            "addr1",
            "street",
            "street1",
            "streetaddress",
            "streetline1",
            "streetaddress1",
            "mailingaddress",
            "homeaddress",
            "addressstreet",
        ],
        summary: "Street and number, 1 to 255 characters.",
    },
    FieldInfo {
        field: RosterField::AddressLine2,
        path: "address.address_line_2",
        column: "address_line_2",
        required: false,
        aliases: &[
            "address2",
            "addr2",
            "street2",
            "streetline2",
            "streetaddress2",
            "apt",
            "apartment",
            "aptno",
            "aptnumber",
            "suite",
            "unit",
            "aptsuite",
            "aptunit",
        ],
        summary: "Apartment or suite, at most 255 characters.",
    },
    FieldInfo {
        field: RosterField::City,
        path: "address.city",
        column: "city",
        required: true,
        aliases: &["town", "municipality", "homecity"],
        summary: "1 to 255 characters.",
    },
    FieldInfo {
        field: RosterField::State,
        path: "address.state",
        column: "state",
        required: true,
        aliases: &["statecode", "st", "usstate", "stateprovince", "stateterritory", "homestate"],
        summary: "Two-letter USPS code of the state or territory, in capitals.",
    },
    FieldInfo {
        field: RosterField::Zipcode,
        path: "address.zipcode",
        column: "zipcode",
        required: true,
        aliases: &["zip", "zip5", "postalcode", "postcode", "postal", "zippostalcode", "homezip"],
        summary: "Five digits, or ZIP+4 such as 94102-1234.",
    },
];

impl RosterField {
    /// Every field, in the order of the API.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|info| info.field)
    }

    fn info(self) -> Option<&'static FieldInfo> {
        FIELDS.iter().find(|info| info.field == self)
    }

    /// Where the API has it, such as `address.state`.
    pub fn path(self) -> &'static str {
        self.info().map_or("", |info| info.path)
    }

    /// The name of its column in a CSV file, such as `state`.
    pub fn column(self) -> &'static str {
        self.info().map_or("", |info| info.column)
    }

    /// Whether every row must have it.
    pub fn is_required(self) -> bool {
        self.info().is_some_and(|info| info.required)
    }

    /// The value in a row; a required field that is empty counts as absent.
    pub fn get(self, member: &Member) -> Field<&str> {
        let optional = |field: &'_ Field<Sensitive<String>>| match field {
            Field::Absent => Field::Absent,
            Field::Null => Field::Null,
            Field::Value(_) => Field::Value(()),
        };
        let (state, text): (Field<()>, &str) = match self {
            Self::ReferenceId => return required(&member.reference_id),
            Self::FirstName => return required(&member.first_name),
            Self::LastName => return required(&member.last_name),
            Self::DateOfBirth => return required(&member.date_of_birth),
            Self::PlanId => return required(&member.plan_id),
            Self::AddressLine1 => return required(&member.address.address_line_1),
            Self::City => return required(&member.address.city),
            Self::State => return required(&member.address.state),
            Self::Zipcode => return required(&member.address.zipcode),
            Self::Phone => (optional(&member.phone), text(&member.phone)),
            Self::Email => (optional(&member.email), text(&member.email)),
            Self::AddressLine2 => {
                (optional(&member.address.address_line_2), text(&member.address.address_line_2))
            }
        };
        state.map(|()| text)
    }

    /// Puts a value into a row; `null` and absent empty a required field.
    pub(crate) fn set(self, member: &mut Member, value: Field<String>) {
        let address = &mut member.address;
        match self {
            Self::ReferenceId => member.reference_id = value.into_value().unwrap_or_default(),
            Self::PlanId => member.plan_id = value.into_value().unwrap_or_default(),
            Self::FirstName => member.first_name = sensitive(value),
            Self::LastName => member.last_name = sensitive(value),
            Self::DateOfBirth => member.date_of_birth = sensitive(value),
            Self::AddressLine1 => address.address_line_1 = sensitive(value),
            Self::City => address.city = sensitive(value),
            Self::State => address.state = sensitive(value),
            Self::Zipcode => address.zipcode = sensitive(value),
            Self::Phone => member.phone = value.map(Sensitive::new),
            Self::Email => member.email = value.map(Sensitive::new),
            Self::AddressLine2 => address.address_line_2 = value.map(Sensitive::new),
        }
    }
}

fn required(text: &str) -> Field<&str> {
    if text.is_empty() { Field::Absent } else { Field::Value(text) }
}

fn text(field: &Field<Sensitive<String>>) -> &str {
    field.value().map_or("", |value| value.as_str())
}

fn sensitive(value: Field<String>) -> Sensitive<String> {
    Sensitive::new(value.into_value().unwrap_or_default())
}

impl fmt::Display for RosterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path())
    }
}

impl From<RosterField> for &'static str {
    fn from(field: RosterField) -> Self {
        field.path()
    }
}

/// The text names no field of a roster row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such roster field; the fields are {}", names())]
pub struct UnknownField;

fn names() -> String {
    FIELDS.iter().map(|info| info.path).collect::<Vec<_>>().join(", ")
}

impl FromStr for RosterField {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        FIELDS
            .iter()
            .find(|info| info.path == text || info.column == text)
            .map(|info| info.field)
            .ok_or(UnknownField)
    }
}

impl TryFrom<String> for RosterField {
    type Error = UnknownField;

    fn try_from(text: String) -> Result<Self, UnknownField> {
        text.parse()
    }
}

/// How surely a column name means a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Match {
    /// A name that often means it, such as `ID`; taken when nothing better is there.
    Weak,
    /// A usual name.
    Alias,
    /// The API's own name.
    Exact,
}

/// The field a column name stands for.
pub(crate) fn match_column(name: &str) -> Option<(RosterField, Match)> {
    let trimmed = name.trim();
    if let Ok(field) = trimmed.parse() {
        return Some((field, Match::Exact));
    }
    // `Date of Birth (YYYY-MM-DD)` and `ZIP*` are frequent in templates.
    let bare = trimmed.split_once('(').map_or(trimmed, |(before, _)| before);
    [trimmed, bare].into_iter().find_map(|text| match_folded(&fold(text)))
}

fn match_folded(folded: &str) -> Option<(RosterField, Match)> {
    let inner = folded.strip_prefix("address").filter(|rest| !rest.is_empty());
    for info in FIELDS {
        let own = fold(info.column);
        let nested = info.path.starts_with("address.") && inner == Some(own.as_str());
        if folded == own || nested || info.aliases.contains(&folded) {
            return Some((info.field, Match::Alias));
        }
    }
    let in_address = [RosterField::City, RosterField::State, RosterField::Zipcode];
    let nested = inner
        .and_then(|rest| FIELDS.iter().find(|info| info.aliases.contains(&rest)))
        .map(|info| info.field)
        .filter(|field| in_address.contains(field));
    match folded {
        "id" => Some((RosterField::ReferenceId, Match::Weak)),
        _ => nested.map(|field| (field, Match::Alias)),
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_name_their_columns_in_many_ways() {
        for (name, field) in [
            ("First Name", "first_name"),
            ("first_name", "first_name"),
            ("FirstName", "first_name"),
            ("DOB", "date_of_birth"),
            ("Date of Birth (YYYY-MM-DD)", "date_of_birth"),
            ("Birth Date*", "date_of_birth"),
            ("Employee ID", "reference_id"),
            ("Member ID", "reference_id"),
            ("ID", "reference_id"),
            ("Zip", "address.zipcode"),
            ("ZIP Code", "address.zipcode"),
            ("Postal Code", "address.zipcode"),
            ("address.zipcode", "address.zipcode"),
            ("Address Zip", "address.zipcode"),
            ("Street", "address.address_line_1"),
            ("Address", "address.address_line_1"),
            ("Address Line 1", "address.address_line_1"),
            ("Address 2", "address.address_line_2"),
            ("Apt", "address.address_line_2"),
            ("Address City", "address.city"),
            ("Mobile", "phone"),
            ("E-mail", "email"),
            ("Plan", "plan_id"),
        ] {
            assert_eq!(match_column(name).map(|(field, _)| field.path()), Some(field), "{name}");
        }
        for name in ["", "Department", "Salary", "()", "Address Notes"] {
            assert_eq!(match_column(name), None, "{name}");
        }
    }

    #[test]
    fn no_alias_means_two_fields() {
        let mut seen = std::collections::HashMap::new();
        for info in FIELDS {
            for name in info.aliases.iter().map(|&a| a.to_owned()).chain([fold(info.column)]) {
                assert_eq!(seen.insert(name.clone(), info.field), None, "{name}");
            }
        }
    }

    #[test]
    fn what_is_set_is_got() {
        for field in RosterField::all() {
            let mut member = Member::new("", "", "", "", "", crate::model::Address::default());
            assert!(field.get(&member).is_absent());
            field.set(&mut member, Field::Value("x".to_owned()));
            assert_eq!(field.get(&member), Field::Value("x"));
        }
    }
}
