//! Members, the rows of a roster.

use std::fmt;

use vitable_groups::model as core;

use super::field::{Extra, Field};
use crate::error::NativeError;

/// A member: one row of a roster. Health data: only the reference ID and the plan ID are printed,
/// everything else as `***`.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Member {
    /// The caller's stable identifier of the member, by which syncs match members;
    /// 1 to 255 characters, unique within the roster.
    pub reference_id: String,
    /// Legal first name, 1 to 255 characters.
    pub first_name: String,
    /// Legal last name, 1 to 255 characters.
    pub last_name: String,
    /// The date of birth, `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// The ID of one of the organization's plans.
    pub plan_id: String,
    /// The home address.
    pub address: Address,
    /// A US phone number of ten digits; if absent, the server keeps its value; null clears it.
    pub phone: Field,
    /// An email address; if absent, the server keeps its value; null clears it.
    pub email: Field,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference_id, plan_id, .. } = self;
        write!(f, "Member(reference_id: {reference_id}, plan_id: {plan_id}, ***)")
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<core::Member> for Member {
    fn from(member: core::Member) -> Self {
        Self {
            reference_id: member.reference_id,
            first_name: member.first_name.into_inner(),
            last_name: member.last_name.into_inner(),
            date_of_birth: member.date_of_birth.into_inner(),
            plan_id: member.plan_id,
            address: member.address.into(),
            phone: member.phone.map(core::Sensitive::into_inner).into(),
            email: member.email.map(core::Sensitive::into_inner).into(),
            extra: member.extra.into(),
        }
    }
}

impl Member {
    pub(crate) fn into_core(self) -> Result<core::Member, NativeError> {
        let mut member = core::Member::new(
            self.reference_id,
            self.first_name,
            self.last_name,
            self.date_of_birth,
            self.plan_id,
            self.address.into_core()?,
        );
        member.phone = core::Field::from(self.phone).map(core::Sensitive::new);
        member.email = core::Field::from(self.email).map(core::Sensitive::new);
        member.extra = self.extra.into_core()?;
        Ok(member)
    }
}

pub(crate) fn roster(members: Vec<Member>) -> Result<Vec<core::Member>, NativeError> {
    members.into_iter().map(Member::into_core).collect()
}

/// A member's address; prints as `***`.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Address {
    /// Street and number, 1 to 255 characters.
    pub address_line_1: String,
    /// Apartment or suite, at most 255 characters.
    pub address_line_2: Field,
    /// The city, 1 to 255 characters.
    pub city: String,
    /// The two-letter USPS code of the state or territory.
    pub state: String,
    /// The ZIP code: five digits, or ZIP+4.
    pub zipcode: String,
    /// Fields unknown to this version.
    #[uniffi(default)]
    pub extra: Extra,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(***)")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<core::Address> for Address {
    fn from(address: core::Address) -> Self {
        Self {
            address_line_1: address.address_line_1.into_inner(),
            address_line_2: address.address_line_2.map(core::Sensitive::into_inner).into(),
            city: address.city.into_inner(),
            state: address.state.into_inner(),
            zipcode: address.zipcode.into_inner(),
            extra: address.extra.into(),
        }
    }
}

impl Address {
    fn into_core(self) -> Result<core::Address, NativeError> {
        let mut address =
            core::Address::new(self.address_line_1, self.city, self.state, self.zipcode);
        address.address_line_2 = core::Field::from(self.address_line_2).map(core::Sensitive::new);
        address.extra = self.extra.into_core()?;
        Ok(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: &str = r#"{"reference_id":"EMP-1","first_name":"Jane","last_name":"Doe",
        "date_of_birth":"1990-05-15","phone":null,"email":"jane@example.com","plan_id":"pln_1",
        "address":{"address_line_1":"1 Main","city":"Reno","state":"NV","zipcode":"89501"},
        "cost_center":[1,{"a":null}]}"#;

    #[test]
    fn members_round_trip() {
        let row: core::Member = serde_json::from_str(ROW).unwrap();
        let member = Member::from(row.clone());
        assert!(member.phone == Field::Null && member.address.address_line_2 == Field::Absent);
        assert_eq!(member.extra.fields["cost_center"], r#"[1,{"a":null}]"#);
        assert_eq!(member.into_core().unwrap(), row);
    }

    #[test]
    fn health_data_is_not_printed() {
        let member = Member::from(serde_json::from_str::<core::Member>(ROW).unwrap());
        for text in [member.to_string(), format!("{member:?}"), member.email.to_string()] {
            for secret in ["Jane", "Doe", "1990", "jane@", "Main", "Reno", "89501"] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}
