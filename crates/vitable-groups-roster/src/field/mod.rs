//! The fields of a roster row.

mod columns;
mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use vitable_groups_model::{Field, Member, Sensitive};

pub(crate) use columns::{Match, match_column};
pub use table::{FIELDS, FieldInfo};

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
#[non_exhaustive]
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

impl RosterField {
    /// Every field, in the API's order.
    pub fn all() -> impl Iterator<Item = Self> {
        FIELDS.iter().map(|info| info.field)
    }

    fn info(self) -> Option<&'static FieldInfo> {
        FIELDS.iter().find(|info| info.field == self)
    }

    /// The path in the API's member object, such as `address.state`.
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

    /// The value in a row; an empty required field counts as absent.
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

    /// Sets the value in a row; `null` and absent clear a required field.
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

/// The text is not the name of a roster field.
///
/// ```
/// use vitable_groups::roster::RosterField;
///
/// let error = "shoe_size".parse::<RosterField>().unwrap_err();
/// assert!(error.to_string().contains("the fields are reference_id"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown roster field; the fields are {}", known())]
#[non_exhaustive]
pub struct UnknownField;

fn known() -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_round_trip() {
        for field in RosterField::all() {
            let mut member =
                Member::new("", "", "", "", "", vitable_groups_model::Address::default());
            assert!(field.get(&member).is_absent());
            field.set(&mut member, Field::Value("x".to_owned()));
            assert_eq!(field.get(&member), Field::Value("x"));
        }
    }
}
