//! `groups.list`, `create`, `retrieve`, `update`.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::json;

use super::{Answer, Code, Context, Problem};
use crate::check::{new_group, paging, update_group};
use crate::store::{Group, GroupPage};

pub(super) fn list(context: &Context<'_>) -> Result<Answer, Problem> {
    let paging = paging(&context.call.query)?;
    let store = context.world.store();
    let page = GroupPage {
        organization_id: &context.organization_id,
        external_reference_id: paging.external_reference_id.as_deref(),
        limit: i64::try_from(paging.limit).unwrap_or(100),
        offset: offset(paging.page, paging.limit),
    };
    let total = page.total(store.read())?;
    let present = context.present();
    let data =
        page.groups(store.read())?.iter().map(|group| present.group(group)).collect::<Vec<_>>();
    Ok(Answer::json(StatusCode::OK, &present.page(data, paging.page, paging.limit, total)))
}

pub(super) fn create(context: &Context<'_>) -> Result<Answer, Problem> {
    let new = new_group(&context.call.body)?;
    let mut group = Group {
        id: context.world.ids.issue("grp"),
        organization_id: context.organization_id.clone(),
        name: new.name,
        external_reference_id: new.external_reference_id,
        created_at: context.now,
        updated_at: context.now,
    };
    context.world.store().write(|connection| {
        reference_is_free(connection, &group)?;
        group.insert(connection).map_err(Problem::from)
    })?;
    Ok(one(context, StatusCode::CREATED, &group))
}

pub(super) fn retrieve(context: &Context<'_>) -> Result<Answer, Problem> {
    let store = context.world.store();
    let group = find(store.read(), context)?;
    Ok(one(context, StatusCode::OK, &group))
}

pub(super) fn update(context: &Context<'_>) -> Result<Answer, Problem> {
    let group = context.world.store().write(|connection| {
        let before = find(connection, context)?;
        let change = update_group(&context.call.body)?;
        let mut group = before.clone();
        if let Some(name) = change.name {
            group.name = name;
        }
        if let Some(reference) = change.external_reference_id {
            group.external_reference_id = reference;
        }
        if group != before {
            reference_is_free(connection, &group)?;
            group.updated_at = context.now.max(before.updated_at);
            group.save(connection)?;
        }
        Ok::<_, Problem>(group)
    })?;
    Ok(one(context, StatusCode::OK, &group))
}

/// The group of the path, if it belongs to the caller's organization.
pub(super) fn find(connection: &Connection, context: &Context<'_>) -> Result<Group, Problem> {
    Group::find(connection, &context.organization_id, context.param(0))?
        .ok_or_else(|| Problem::new(Code::NotFound, "Group not found"))
}

fn reference_is_free(connection: &Connection, group: &Group) -> Result<(), Problem> {
    let holder =
        Group::find_by_reference(connection, &group.organization_id, &group.external_reference_id)?;
    match holder {
        Some(other) if other.id != group.id => Err(Problem::new(
            Code::Conflict,
            "A group with this external_reference_id already exists in the organization.",
        )),
        _ => Ok(()),
    }
}

fn one(context: &Context<'_>, status: StatusCode, group: &Group) -> Answer {
    Answer::json(status, &json!({ "data": context.present().group(group) }))
}

/// Where a page begins; a page too far out to count begins at the largest offset.
pub(super) fn offset(page: u64, limit: u64) -> i64 {
    i64::try_from(page.saturating_sub(1).saturating_mul(limit)).unwrap_or(i64::MAX)
}
