//! Runs `members status`, `members wait` and `members forget`, for syncs submitted earlier.

use std::time::Duration;

use serde_json::json;
use vitable_groups::SyncHandle;

use super::wait::{self, SubmittedSync};
use crate::cli::{Forget, Global, Request, WaitRequest};
use crate::commands::{Session, call, open_state};
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone, count};
use crate::state::{JournalEntry, State, StoredRoster};

const COLUMNS: &[Column] = &[
    Column::new("request_id", "Request"),
    Column::new("group_id", "Group"),
    Column::new("state", "State").toned(|state| match state {
        "completed" => Tone::Good,
        _ => Tone::Notice,
    }),
    Column::new("accepted_at", "Accepted"),
    Column::new("completed_at", "Completed"),
    Column::new("added", "Added"),
    Column::new("removed", "Removed"),
    Column::new("failed", "Failed"),
];

/// Polls a sync request once and prints its status.
pub(super) async fn status(
    request: Request,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let session = Session::open(global, out)?;
    let (handle, _) = find(&session, request)?;
    let sync = session.client.groups().members().sync();
    let state = sync.retrieve(&handle.request_id, &handle.group_id);
    let state = call(state.into_future()).await?;
    let results = state.results.value();
    let row = json!({
        "request_id": state.request_id,
        "group_id": handle.group_id,
        "state": if state.is_completed() { "completed" } else { "in progress" },
        "accepted_at": state.accepted_at,
        "completed_at": state.completed_at,
        "added": results.map(|results| results.added_group_member_ids.len()),
        "removed": results.map(|results| results.removed_group_member_ids.len()),
        "failed": results.map(|results| results.failures.len()),
    });
    out.document(&Document::single(COLUMNS, &row));
    Ok(Exit::Success)
}

pub(super) async fn wait(
    options: WaitRequest,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    resume(options.request, options.waiting.wait_deadline, global, out).await
}

/// Waits for a request and reports its outcome, per row if this machine still has the roster.
pub(super) async fn resume(
    request: Request,
    deadline: Duration,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let session = Session::open_without_reminders(global, out)?;
    let (handle, entry) = find(&session, request)?;
    let _lock = match &entry {
        Some(entry) => Some(session.state.lock(&entry.start.base_url, &handle.group_id)?),
        None => None,
    };
    let sync = wait::wait(&session.client, &handle, deadline, out).await?;
    let sent = entry.and_then(|entry| local_record(&session.state, entry, out));
    Ok(wait::conclude(&sync, sent.as_ref(), &session.state, out))
}

/// This machine's record of a sync that is not settled.
fn local_record(state: &State, entry: JournalEntry, out: &mut Output) -> Option<SubmittedSync> {
    let unsettled = state.unsettled(&entry.start.base_url, &entry.start.group_id);
    // The roster of a settled sync is no longer stored.
    unsettled.iter().find(|other| other.sync == entry.sync)?;
    match state.stored(&entry) {
        Ok(StoredRoster { roster, baseline }) => {
            Some(SubmittedSync { roster, baseline, entry, warned: false })
        }
        Err(damage) => {
            out.warn(format!("{damage}; only what the server reports is shown"));
            None
        }
    }
}

/// The handle of a request: in the given group, else in the one recorded in the journal.
fn find(
    session: &Session,
    request: Request,
) -> Result<(SyncHandle, Option<JournalEntry>), Failure> {
    let base_url = session.client.base_url().as_str();
    let entry = session.state.find(&request.request)?;
    let group = match (request.group, &entry) {
        (Some(group), _) => group,
        (None, Some(entry)) if entry.start.base_url == base_url => entry.start.group_id.clone(),
        (None, Some(entry)) => {
            let submitted_to = &entry.start.base_url;
            return Err(Failure::usage(format!(
                "{} was submitted to {submitted_to}, but the settings point to {base_url}",
                request.request
            ))
            .hint(format!("use --base-url {submitted_to}, or --profile with a profile for it")));
        }
        (None, None) => {
            return Err(Failure::usage(format!(
                "{} was not submitted from this machine, so its group is unknown",
                request.request
            ))
            .hint("use --group grp_... to name its group"));
        }
    };
    let entry =
        entry.filter(|entry| entry.start.group_id == group && entry.start.base_url == base_url);
    Ok((SyncHandle::new(group, request.request), entry))
}

/// Stops the reminders of unfinished syncs.
pub(super) fn forget(options: &Forget, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    let mut entries = state.unfinished()?;
    if let Some(request) = &options.request {
        entries.retain(|entry| entry.request_id.as_ref() == Some(request));
        if entries.is_empty() {
            return Err(Failure::usage(format!("no unfinished sync has the request ID {request}")));
        }
    }
    for entry in &entries {
        state.mark_forgotten(entry)?;
    }
    if entries.is_empty() {
        out.info("there are no unfinished syncs");
        return Ok(Exit::Success);
    }
    let syncs = count(entries.len(), "sync");
    out.info(format!(
        "{syncs} forgotten: no more reminders. The server is not affected, and the next sync of \
         the group still counts the rosters"
    ));
    Ok(Exit::Success)
}
