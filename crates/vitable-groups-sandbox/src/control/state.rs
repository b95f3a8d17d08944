//! Dumps the stored data, for tests that inspect more than the API returns.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Rejection, clock};
use crate::clock::iso;
use crate::server_state::ServerState;
use crate::store::{Access, Group, Membership, Person, Plan, Sync};

pub(super) fn dump(state: &ServerState) -> Result<Value, Rejection> {
    let store = state.after_due_syncs(state.clock.now())?;
    let read = store.read();
    let persons: HashMap<i64, Person> =
        Person::all(read)?.into_iter().map(|person| (person.seq, person)).collect();
    let organizations: Vec<Value> =
        store.organizations()?.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect();
    let plans: Vec<Value> = Plan::all(read)?
        .iter()
        .map(|plan| {
            json!({ "id": plan.id, "name": plan.name, "organization_id": plan.organization_id })
        })
        .collect();
    let groups: Vec<Value> = Group::all(read)?
        .iter()
        .map(|group| {
            json!({
                "id": group.id,
                "organization_id": group.organization_id,
                "name": group.name,
                "external_reference_id": group.external_reference_id,
                "created_at": iso(group.created_at),
                "updated_at": iso(group.updated_at),
            })
        })
        .collect();
    let members: Vec<Value> = Membership::all(read)?
        .iter()
        .map(|member| {
            json!({
                "id": member.id,
                "group_id": member.group_id,
                "reference_id": member.reference_id,
                "plan_id": member.plan_id,
                "active": member.active,
                "person_id": persons.get(&member.person).map(|person| &person.id),
                "record": persons.get(&member.person).map(|person| &person.record),
            })
        })
        .collect();
    let syncs: Vec<Value> = Sync::all(read)?
        .iter()
        .map(|sync| {
            json!({
                "request_id": sync.id,
                "group_id": sync.group_id,
                "idempotency_key": sync.idempotency_key,
                "accepted_at": iso(sync.accepted_at),
                "due_at": sync.due_at.map(iso),
                "completed_at": sync.completed_at.map(iso),
                "results": sync.results,
            })
        })
        .collect();
    Ok(json!({
        "clock": clock::value(state),
        "organizations": organizations,
        "has_keys": Access::any(read)?,
        "plans": plans,
        "groups": groups,
        "members": members,
        "syncs": syncs,
    }))
}
