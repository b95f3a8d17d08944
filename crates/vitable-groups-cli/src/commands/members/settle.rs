//! Before a group is synced again: what became of the syncs before.

use std::time::Duration;

use vitable_groups::ErrorKind;
use vitable_groups::SyncHandle;
use vitable_groups::roster::{Outcome, OutcomeStatus};

use super::wait;
use crate::commands::{Session, call};
use crate::exit::{Exit, Failure};
use crate::output::{Output, plain};
use crate::state::Journalled;

/// Learns the end of the syncs of a group that this machine knows no end of, the latest first, and
/// waits for one that is not done. One that is settled settles those before it.
///
/// # Errors
/// Whatever keeps it from knowing, such as a wait that took too long. Nothing must be sent then.
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
                "{} was cut off while it was sent; it is not known whether it was accepted",
                named(&entry)
            ));
            continue;
        };
        let handle = SyncHandle::new(group, request);
        if settled(session, &entry, handle, deadline, out).await? {
            break;
        }
    }
    Ok(())
}

/// Whether the end of one sync is known now.
async fn settled(
    session: &Session,
    entry: &Journalled,
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
        out.warn(format!("{} ({request}) is not known to the server any more", named(entry)));
        return Ok(false);
    };
    if !state.is_completed() {
        out.warn(format!(
            "{} ({request}) is not completed; nothing is sent before it is",
            named(entry)
        ));
        state = wait::wait(&session.client, &handle, deadline, out).await.map_err(nothing_sent)?;
    }
    let kept = match session.state.kept(entry) {
        Ok(kept) => kept,
        Err(damage) => {
            out.warn(format!("{} ({request}) is completed, but {damage}", named(entry)));
            return Ok(false);
        }
    };
    let outcome =
        Outcome::join(&kept.roster, state.results.value(), &kept.baseline, entry.repeated);
    let summary = format!("{} ({request}) is completed: {}", named(entry), wait::summary(&outcome));
    match outcome.status {
        OutcomeStatus::Succeeded => out.say(summary),
        status => {
            out.warn(format!("{summary} ({})", status.code().replace('_', " ")));
            for note in &outcome.notes {
                out.say(format!("  note: {note}"));
            }
        }
    }
    wait::remember(&outcome, &kept.roster, &kept.baseline, entry, &session.state)
}

/// How a sync is called in messages.
pub(super) fn named(entry: &Journalled) -> String {
    format!("the sync of {} sent {}", plain(&entry.start.file), entry.age())
}

fn nothing_sent(mut failure: Failure) -> Failure {
    let what = match failure.exit {
        Exit::Deadline => "an earlier sync of this group is still in progress",
        _ => "it is not known what became of an earlier sync of this group",
    };
    failure.message = format!("nothing was sent: {what}\n  because: {}", failure.message);
    failure
}
