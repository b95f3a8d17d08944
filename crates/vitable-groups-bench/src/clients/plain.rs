//! The types of a program that calls the API without a client library.

use serde::{Deserialize, Serialize};
use vitable_groups_bench::responses;

#[derive(Deserialize)]
pub(crate) struct Data<T> {
    pub(crate) data: T,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client would")]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    pub(crate) external_reference_id: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
}

impl Group {
    pub(crate) fn read(&self) -> usize {
        self.name.len() + self.external_reference_id.len()
    }
}

#[derive(Deserialize)]
pub(crate) struct Page {
    pub(crate) data: Vec<Group>,
    pub(crate) pagination: Pagination,
}

impl Page {
    pub(crate) fn read(&self) -> usize {
        self.data.iter().map(Group::read).sum()
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client would")]
pub(crate) struct Pagination {
    pub(crate) page: i64,
    pub(crate) limit: i64,
    pub(crate) total: i64,
    pub(crate) total_pages: i64,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "decoded as a client would")]
pub(crate) struct Receipt {
    pub(crate) request_id: String,
    pub(crate) group_id: String,
    pub(crate) accepted_at: String,
}

#[derive(Serialize)]
pub(crate) struct Roster {
    members: Vec<Member>,
}

#[derive(Serialize)]
struct Member {
    reference_id: String,
    first_name: String,
    last_name: String,
    date_of_birth: String,
    phone: Option<String>,
    email: Option<String>,
    plan_id: String,
    address: Address,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the API")]
struct Address {
    address_line_1: String,
    city: String,
    state: String,
    zipcode: String,
}

pub(crate) fn roster() -> Roster {
    let member = |n| Member {
        reference_id: super::reference(n),
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        date_of_birth: "1990-05-15".to_owned(),
        phone: Some("4155550100".to_owned()),
        email: Some("jane.doe@example.com".to_owned()),
        plan_id: "pln_C506ZkHHTlKfgy16G-tTJQ".to_owned(),
        address: Address {
            address_line_1: "123 Main Street".to_owned(),
            city: "San Francisco".to_owned(),
            state: "CA".to_owned(),
            zipcode: "94102".to_owned(),
        },
    };
    Roster { members: (0..responses::MEMBERS).map(member).collect() }
}
