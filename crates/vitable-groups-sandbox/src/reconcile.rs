//! Reconciles a group with a roster: removals first, then the rows in order.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Result};

use crate::check::{Patch, Row};
use crate::ids::Ids;
use crate::settings::{CrossGroupAdd, Settings};
use crate::store::{ActiveMembership, Failure, Group, Membership, Person, Plan, Record, Results};

const INVALID_PLAN: &str = "Invalid plan_id";
const OTHER_ORGANIZATION: &str =
    "Member already has an active subscription under a different organization";
const OTHER_GROUP: &str = "Member already belongs to another group";
const OTHER_REFERENCE: &str = "Member already belongs to this group under another reference_id";

/// Applies a roster and returns the results.
pub(crate) fn reconcile(
    connection: &Connection,
    ids: &Ids,
    settings: &Settings,
    group_id: &str,
    rows: &[Row],
) -> Result<Results> {
    let organization_id = Group::organization_of(connection, group_id)?.unwrap_or_default();
    let mut run = Run {
        connection,
        ids,
        settings,
        group_id,
        plans: Plan::ids(connection, &organization_id)?,
        organization_id,
        results: Results::default(),
    };
    let memberships = Membership::of_group(connection, group_id)?;
    run.remove_missing(&memberships, rows)?;
    let known: HashMap<&str, &Membership> =
        memberships.iter().map(|member| (member.reference_id.as_str(), member)).collect();
    for row in rows {
        match known.get(row.reference_id.as_str()) {
            Some(member) if member.active => run.update(member, row)?,
            former => run.add(former.copied(), row)?,
        }
    }
    Ok(run.results)
}

struct Run<'a> {
    connection: &'a Connection,
    ids: &'a Ids,
    settings: &'a Settings,
    group_id: &'a str,
    organization_id: String,
    plans: HashSet<String>,
    results: Results,
}

impl Run<'_> {
    fn remove_missing(&mut self, memberships: &[Membership], rows: &[Row]) -> Result<()> {
        let submitted: HashSet<&str> = rows.iter().map(|row| row.reference_id.as_str()).collect();
        let leaving = memberships
            .iter()
            .filter(|member| member.active && !submitted.contains(member.reference_id.as_str()));
        for member in leaving {
            if let Some(reason) = self.settings.forced_failure(&member.reference_id, "remove") {
                self.fail(&member.reference_id, "remove", reason);
            } else {
                Membership::end(self.connection, &member.id)?;
                self.results.removed_group_member_ids.push(member.id.clone());
            }
        }
        Ok(())
    }

    /// Updates the fields of a subscribed member; its plan does not change.
    fn update(&self, member: &Membership, row: &Row) -> Result<()> {
        self.write_record(Person::get(self.connection, member.person)?, row)
    }

    fn add(&mut self, before: Option<&Membership>, row: &Row) -> Result<()> {
        if let Some(reason) = self.settings.forced_failure(&row.reference_id, "add") {
            self.fail(&row.reference_id, "add", reason);
            return Ok(());
        }
        if !self.plans.contains(&row.plan_id) {
            self.fail(&row.reference_id, "add", INVALID_PLAN);
            return Ok(());
        }
        let person = self.known_person(before, row)?;
        if let Some(person) = &person
            && let Some(reason) = self.add_conflict(person)?
        {
            self.fail(&row.reference_id, "add", reason);
            return Ok(());
        }
        let person = match person {
            Some(person) => {
                let seq = person.seq;
                self.write_record(person, row)?;
                seq
            }
            None => self.new_person(row)?,
        };
        let member = Membership {
            id: before.map_or_else(|| self.ids.issue("grpmbr"), |before| before.id.clone()),
            group_id: self.group_id.to_owned(),
            reference_id: row.reference_id.clone(),
            person,
            plan_id: row.plan_id.clone(),
            active: true,
        };
        member.start(self.connection)?;
        self.results.added_group_member_ids.push(member.id);
        Ok(())
    }

    /// The person that this reference ID had in the group before, or the one with the same contact
    /// details.
    fn known_person(&self, before: Option<&Membership>, row: &Row) -> Result<Option<Person>> {
        match (before, &row.email) {
            (Some(before), _) => Person::get(self.connection, before.person).map(Some),
            (None, Patch::Set(email)) => {
                Person::find_by_contact(self.connection, email, &row.date_of_birth)
            }
            (None, _) => Ok(None),
        }
    }

    /// Why a person cannot be added, if so. Where members may move, ends their membership in the
    /// other group.
    fn add_conflict(&self, person: &Person) -> Result<Option<&'static str>> {
        if person.held_by.as_deref().is_some_and(|holder| holder != self.organization_id) {
            return Ok(Some(OTHER_ORGANIZATION));
        }
        let Some(active) = ActiveMembership::of_person(self.connection, person.seq)? else {
            return Ok(None);
        };
        if active.organization_id != self.organization_id {
            return Ok(Some(OTHER_ORGANIZATION));
        }
        if active.group_id == self.group_id {
            return Ok(Some(OTHER_REFERENCE));
        }
        match self.settings.cross_group_add {
            CrossGroupAdd::Fail => Ok(Some(OTHER_GROUP)),
            CrossGroupAdd::Move => {
                Membership::end(self.connection, &active.id)?;
                Ok(None)
            }
        }
    }

    fn write_record(&self, mut person: Person, row: &Row) -> Result<()> {
        let before = person.record.clone();
        person.record.apply(row);
        if person.record == before { Ok(()) } else { person.save(self.connection) }
    }

    fn new_person(&self, row: &Row) -> Result<i64> {
        let mut record = Record::default();
        record.apply(row);
        Ok(Person::insert(self.connection, &self.ids.issue("mbr"), record, None)?.seq)
    }

    fn fail(&mut self, reference: &str, operation: &str, reason: &str) {
        self.results.failures.push(Failure {
            reference_id: reference.to_owned(),
            operation: operation.to_owned(),
            reason: reason.to_owned(),
        });
    }
}
