//! `groups.list`, `groups.create`, `groups.retrieve`, `groups.update`.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::json;

use super::{ApiResponse, Code, Context, Problem};
use crate::check::{new_group, paging, update_group};
use crate::store::{Group, GroupPage};

pub(super) fn list(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let paging = paging(&context.call.query)?;
    let store = context.state.store();
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
    Ok(ApiResponse::json(StatusCode::OK, &present.page(data, paging.page, paging.limit, total)))
}

pub(super) fn create(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let new = new_group(&context.call.body)?;
    let mut group = Group {
        id: context.state.ids.issue("grp"),
        organization_id: context.organization_id.clone(),
        name: new.name,
        external_reference_id: new.external_reference_id,
        created_at: context.now,
        updated_at: context.now,
    };
    context.state.store().write(|connection| {
        check_reference_unused(connection, &group)?;
        group.insert(connection).map_err(Problem::from)
    })?;
    Ok(one(context, StatusCode::CREATED, &group))
}

pub(super) fn retrieve(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let store = context.state.store();
    let group = find(store.read(), context)?;
    Ok(one(context, StatusCode::OK, &group))
}

pub(super) fn update(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let group = context.state.store().write(|connection| {
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
            check_reference_unused(connection, &group)?;
            group.updated_at = context.now.max(before.updated_at);
            group.save(connection)?;
        }
        Ok::<_, Problem>(group)
    })?;
    Ok(one(context, StatusCode::OK, &group))
}

/// The group that the path names, if it belongs to the caller's organization.
pub(super) fn find(connection: &Connection, context: &Context<'_>) -> Result<Group, Problem> {
    Group::find(connection, &context.organization_id, context.param(0))?
        .ok_or_else(|| Problem::new(Code::NotFound, "Group not found"))
}

fn check_reference_unused(connection: &Connection, group: &Group) -> Result<(), Problem> {
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

fn one(context: &Context<'_>, status: StatusCode, group: &Group) -> ApiResponse {
    ApiResponse::json(status, &json!({ "data": context.present().group(group) }))
}

/// The offset of a page; saturates for page numbers that are too large.
pub(super) fn offset(page: u64, limit: u64) -> i64 {
    i64::try_from(page.saturating_sub(1).saturating_mul(limit)).unwrap_or(i64::MAX)
}
