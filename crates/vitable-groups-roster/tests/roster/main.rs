//! Tests of the public API: from files to reports.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod check;
mod damage;
mod examples;
mod lines;
mod outcome;
mod properties;
mod read;
mod stream;
mod strict;

use vitable_groups_model::{Address, Member};
use vitable_groups_roster::{CheckOptions, ReadOptions, Roster};

pub(crate) const HEADER: &str = "reference_id,first_name,last_name,date_of_birth,phone,email,plan_id,address_line_1,\
     address_line_2,city,state,zipcode";

/// A row of invented values that breaks no rule.
pub(crate) fn member(reference: &str) -> Member {
    let address = Address::new("1 Main Street", "Springfield", "IL", "62701");
    let mut member = Member::new(reference, "Ann", "Lee", "1990-05-15", "pln_1", address);
    member.phone = "2175550123".to_owned().into();
    member.email = format!("{}@example.com", reference.to_lowercase()).into();
    member
}

/// A member whose identity depends on `number` rather than the reference ID.
pub(crate) fn person(reference: &str, number: impl std::fmt::Display) -> Member {
    let mut member = member(reference);
    member.last_name = format!("Person {number}").into();
    member
}

pub(crate) fn options() -> CheckOptions {
    CheckOptions::new(jiff::civil::date(2026, 10, 1))
}

pub(crate) fn csv(text: &str) -> Roster {
    Roster::read_csv(text.as_bytes(), &ReadOptions::default()).unwrap()
}

/// The rules of the findings, with row and line.
pub(crate) fn found(roster: &Roster) -> Vec<(String, Option<u64>, Option<u64>)> {
    let report = roster.check(&options());
    report.findings.iter().map(|f| (f.rule.id().to_owned(), f.row, f.line)).collect()
}
