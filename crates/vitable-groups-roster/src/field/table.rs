//! The table of fields: paths, columns, aliases.

use serde::Serialize;

use super::RosterField;

/// Describes a field.
///
/// ```
/// let state = vitable_groups::roster::FIELDS.iter().find(|info| info.column == "state").unwrap();
/// assert_eq!((state.path, state.required), ("address.state", true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The field.
    pub field: RosterField,
    /// The path in the API's member object, such as `address.state`.
    pub path: &'static str,
    /// The name of its column in a CSV file, such as `state`.
    pub column: &'static str,
    /// Whether every row must have it.
    pub required: bool,
    /// Other column names that are recognized, in lowercase without spaces or punctuation.
    pub aliases: &'static [&'static str],
    /// One-line description of valid values.
    pub summary: &'static str,
}

/// Every field, in the API's order.
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
        summary: "Your own stable identifier for the person; 1 to 255 characters, unique in the roster.",
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
        summary: "An email address.",
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
