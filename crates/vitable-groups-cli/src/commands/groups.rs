//! `groups …`

use vitable_groups::RequestOptions;
use vitable_groups::model::{Group, GroupCreateParams, GroupUpdateParams};

use super::{Session, call, print_list};
use crate::cli::{Create, Find, Get, Global, Groups, Update};
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone};

pub(super) const COLUMNS: &[Column] = &[
    Column::new("id", "Id"),
    Column::new("name", "Name"),
    Column::new("external_reference_id", "Reference"),
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
        Groups::Find(find) => show(&look_up(&session, find).await?, out),
        Groups::Create(create) => show(&make(&session, create, out).await?, out),
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
            out.say("group updated");
        }
    }
    Ok(Exit::Success)
}

fn show(group: &Group, out: &mut Output) {
    out.document(&Document::single(COLUMNS, group));
}

async fn look_up(session: &Session, Find { reference }: Find) -> Result<Group, Failure> {
    let groups = session.client.groups();
    let found = call(groups.find_by_external_reference_id(&reference)).await?;
    found.ok_or_else(|| {
        Failure::new(Exit::Api, format!("no group has the reference {reference:?}"))
            .hint("references are compared exactly; `vitable-groups groups list` shows them")
    })
}

async fn make(session: &Session, create: Create, out: &mut Output) -> Result<Group, Failure> {
    let groups = session.client.groups();
    let params = GroupCreateParams::new(create.reference, create.name);
    if create.if_missing {
        let (group, made) = call(groups.get_or_create_with(params, RequestOptions::new())).await?;
        out.say(if made { "group created" } else { "the group was there already" });
        return Ok(group);
    }
    let answer = call(groups.create(params).send()).await?;
    out.say(if answer.metadata.recovered {
        "group created; the first answer was lost, so it was looked up"
    } else {
        "group created"
    });
    Ok(answer.data)
}
