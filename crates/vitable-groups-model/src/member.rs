//! Members: the rows of a roster, as the API defines them.

use super::extra::Extra;
use super::field::Field;
use super::macros::model;
use super::sensitive::Sensitive;

model! {
    /// A person in a roster. Everything but the reference ID and the plan ID prints as `***`.
    ///
    /// An absent `phone` or `email` keeps the stored value; `null` clears it.
    ///
    /// ```
    /// use vitable_groups::model::{Address, Member};
    ///
    /// let address = Address::new("123 Main Street", "San Francisco", "CA", "94102");
    /// let mut member = Member::new("EMP-001", "Jane", "Doe", "1990-05-15", "pln_1", address);
    /// member.email = "jane.doe@example.com".to_owned().into();
    /// assert!(!format!("{member:?}").contains("Jane"));
    /// ```
    #[derive(Debug)]
    pub struct Member {
        /// The caller's stable identifier of the member, by which a sync matches members;
        /// 1 to 255 characters, unique in the roster.
        reference_id: String,
        /// Legal first name, 1 to 255 characters.
        first_name: Sensitive<String>,
        /// Legal last name, 1 to 255 characters.
        last_name: Sensitive<String>,
        /// `YYYY-MM-DD`.
        date_of_birth: Sensitive<String>,
        /// A ten-digit US number.
        phone: Field<Sensitive<String>>,
        /// An email address.
        email: Field<Sensitive<String>>,
        /// One of the organization's plans.
        plan_id: String,
        /// The member's home address.
        address: Address,
    }
}

impl Member {
    /// A member with the required fields.
    pub fn new(
        reference_id: impl Into<String>,
        first_name: impl Into<Sensitive<String>>,
        last_name: impl Into<Sensitive<String>>,
        date_of_birth: impl Into<Sensitive<String>>,
        plan_id: impl Into<String>,
        address: Address,
    ) -> Self {
        Self {
            reference_id: reference_id.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            date_of_birth: date_of_birth.into(),
            phone: Field::Absent,
            email: Field::Absent,
            plan_id: plan_id.into(),
            address,
            extra: Extra::default(),
        }
    }
}

impl From<String> for Field<Sensitive<String>> {
    fn from(value: String) -> Self {
        Self::Value(value.into())
    }
}

model! {
    /// A member's address; prints as `***`.
    ///
    /// ```
    /// use vitable_groups::model::Address;
    ///
    /// let address = Address::new("123 Main Street", "San Francisco", "CA", "94102");
    /// assert_eq!(address.state.as_str(), "CA");
    /// assert!(!format!("{address:?}").contains("Main"));
    /// ```
    #[derive(Debug, Default)]
    pub struct Address {
        /// Street and number, 1 to 255 characters.
        address_line_1: Sensitive<String>,
        /// Apartment or suite, at most 255 characters.
        address_line_2: Field<Sensitive<String>>,
        /// 1 to 255 characters.
        city: Sensitive<String>,
        /// Two-letter USPS code of the state or territory.
        state: Sensitive<String>,
        /// Five digits or ZIP+4.
        zipcode: Sensitive<String>,
    }
}

impl Address {
    /// An address with the required fields.
    pub fn new(
        address_line_1: impl Into<Sensitive<String>>,
        city: impl Into<Sensitive<String>>,
        state: impl Into<Sensitive<String>>,
        zipcode: impl Into<Sensitive<String>>,
    ) -> Self {
        Self {
            address_line_1: address_line_1.into(),
            address_line_2: Field::Absent,
            city: city.into(),
            state: state.into(),
            zipcode: zipcode.into(),
            extra: Extra::default(),
        }
    }
}
