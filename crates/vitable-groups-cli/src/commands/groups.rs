//! Runs `groups …`.

use vitable_groups::RequestOptions;
use vitable_groups::model::{Group, GroupCreateParams, GroupUpdateParams};

use super::{Session, call, print_list};
use crate::cli::{Create, Find, Get, Global, Groups, Update};
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone};

pub(super) const COLUMNS: &[Column] = &[
    Column::new("id", "ID"),
    Column::new("name", "Name"),
    Column::new("external_reference_id", "Reference ID"),
    Column::hidden("organization_id"),
    Column::new("created_at", "Created").toned(|_| Tone::Dim),
    Column::new("updated_at", "Updated").toned(|_| Tone::Dim),
];

pub(crate) async fn run(
    command: Groups,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let session = Session::open(global, out)?;
    match command {
        Groups::List(options) => {
            print_list(session.client.groups().list(), COLUMNS, &options, out).await?;
        }
        Groups::Get(Get { group }) => {
            show(&call(session.client.groups().retrieve(group).into_future()).await?, out);
        }
        Groups::Find(options) => show(&find(&session, options).await?, out),
        Groups::Create(options) => show(&create(&session, options, out).await?, out),
        Groups::Update(Update { group, name, reference }) => {
            let mut change = GroupUpdateParams::new();
            if let Some(name) = name {
                change = change.name(name);
            }
            if let Some(reference) = reference {
                change = change.external_reference_id(reference);
            }
            let update = session.client.groups().update(group, change);
            show(&call(update.into_future()).await?, out);
            out.info("group updated");
        }
    }
    Ok(Exit::Success)
}

fn show(group: &Group, out: &mut Output) {
    out.document(&Document::single(COLUMNS, group));
}

async fn find(session: &Session, Find { reference }: Find) -> Result<Group, Failure> {
    let groups = session.client.groups();
    let found = call(groups.find_by_external_reference_id(&reference)).await?;
    found.ok_or_else(|| {
        Failure::new(Exit::Api, format!("no group has the reference ID {reference:?}")).hint(
            "`vitable-groups groups list` shows the reference IDs, which have to match exactly",
        )
    })
}

async fn create(session: &Session, options: Create, out: &mut Output) -> Result<Group, Failure> {
    let groups = session.client.groups();
    let params = GroupCreateParams::new(options.reference, options.name);
    if options.if_missing {
        let (group, created) =
            call(groups.get_or_create_with(params, RequestOptions::new())).await?;
        out.info(if created { "group created" } else { "the group already exists" });
        return Ok(group);
    }
    let response = call(groups.create(params).send()).await?;
    out.info(if response.metadata.recovered {
        "group created; the first response was lost, so the group was looked up"
    } else {
        "group created"
    });
    Ok(response.data)
}
