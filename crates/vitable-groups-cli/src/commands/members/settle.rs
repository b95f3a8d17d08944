//! Settles the earlier syncs of a group before it is synced again.

use std::time::Duration;

use vitable_groups::ErrorKind;
use vitable_groups::SyncHandle;
use vitable_groups::roster::{Outcome, OutcomeStatus};

use super::wait;
use crate::commands::{Session, call};
use crate::exit::{Exit, Failure};
use crate::output::{Output, plain};
use crate::state::JournalEntry;

/// Settles the syncs of a group whose outcome this machine has not read, newest first. Waits for one
/// that is still in progress. Settling a sync also settles the ones before it.
///
/// # Errors
/// Any failure to settle them, such as an exceeded wait deadline. The caller must send nothing.
pub(super) async fn settle(
    session: &Session,
    group: &str,
    deadline: Duration,
    out: &mut Output,
) -> Result<(), Failure> {
    let base_url = session.client.base_url().to_string();
    for entry in session.state.unsettled(&base_url, group) {
        let Some(request) = &entry.request_id else {
            out.warn(format!(
                "{} was interrupted while it was being sent; it is unknown whether the server \
                 accepted it",
                describe(&entry)
            ));
            continue;
        };
        let handle = SyncHandle::new(group, request);
        if settle_one(session, &entry, handle, deadline, out).await? {
            break;
        }
    }
    Ok(())
}

/// Tries to settle one sync; returns whether it is settled.
async fn settle_one(
    session: &Session,
    entry: &JournalEntry,
    handle: SyncHandle,
    deadline: Duration,
    out: &mut Output,
) -> Result<bool, Failure> {
    let request = plain(&handle.request_id);
    let sync = session.client.groups().members().sync();
    let retrieve = async {
        match sync.retrieve(&handle.request_id, &handle.group_id).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            state => state.map(Some),
        }
    };
    let Some(mut state) = call(retrieve).await.map_err(nothing_sent)? else {
        out.warn(format!("the server no longer knows {} ({request})", describe(entry)));
        return Ok(false);
    };
    if !state.is_completed() {
        out.warn(format!(
            "{} ({request}) is still in progress; nothing is sent until it completes",
            describe(entry)
        ));
        state = wait::wait(&session.client, &handle, deadline, out).await.map_err(nothing_sent)?;
    }
    let stored = match session.state.stored(entry) {
        Ok(stored) => stored,
        Err(damage) => {
            out.warn(format!("{} ({request}) completed, but {damage}", describe(entry)));
            return Ok(false);
        }
    };
    let outcome =
        Outcome::join(&stored.roster, state.results.value(), &stored.baseline, entry.repeated);
    let summary = format!("{} ({request}) completed: {}", describe(entry), wait::summary(&outcome));
    match outcome.status {
        OutcomeStatus::Succeeded => out.info(summary),
        status => {
            out.warn(format!("{summary} ({})", status.code().replace('_', " ")));
            for note in &outcome.notes {
                out.info(format!("  note: {note}"));
            }
        }
    }
    wait::record_outcome(&outcome, &stored.roster, &stored.baseline, entry, &session.state)
}

/// The description of a sync in messages.
pub(super) fn describe(entry: &JournalEntry) -> String {
    format!("the sync of {} sent {}", plain(&entry.start.file), entry.age())
}

fn nothing_sent(mut failure: Failure) -> Failure {
    let what = match failure.exit {
        Exit::Deadline => "an earlier sync of this group is still in progress",
        _ => "the outcome of an earlier sync of this group is unknown",
    };
    failure.message = format!("nothing was sent: {what}\n  caused by: {}", failure.message);
    failure
}
