//! Waiting for a sync, and explaining what became of it.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;
use vitable_groups::model::{SyncResults, SyncState};
use vitable_groups::roster::{Diff, Outcome, Roster, diff};
use vitable_groups::{Client, ErrorKind, HumanDuration, Progress, SyncHandle};

use super::{baseline, explain};
use crate::commands::wait_command;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, Tone, count, plain};
use crate::state::{Ending, Journalled, State};

/// Waits with a bar. Whatever ends the wait early, the sync goes on, and the failure says how to
/// come back to it.
pub(super) async fn wait(
    client: &Client,
    handle: &SyncHandle,
    deadline: Duration,
    out: &mut Output,
) -> Result<SyncState, Failure> {
    out.say(format!("waiting for {} (at most {})", handle.request_id, HumanDuration(deadline)));
    let bar = out.wait_bar(deadline);
    let shown = bar.clone();
    let request = plain(&handle.request_id);
    let waiting =
        client.groups().members().sync().wait(handle.clone()).deadline(deadline).on_progress(
            move |progress: Progress| {
                let trouble = progress.trouble.map(|kind| format!(", last look failed: {kind}"));
                let looks = count(usize::try_from(progress.polls).unwrap_or(usize::MAX), "look");
                let message = format!("{request}: {looks}{}", trouble.unwrap_or_default());
                shown.show(progress.elapsed, message);
            },
        );
    let ended = interrupt::or_signal(waiting.into_future()).await;
    bar.finish();
    let resume =
        format!("to see its outcome: {}", wait_command(&handle.request_id, &handle.group_id));
    match ended {
        Ok(Ok(state)) => Ok(state),
        Ok(Err(error)) if error.kind() == ErrorKind::Deadline => {
            Err(Failure::from(error).hint(resume))
        }
        Ok(Err(error)) => {
            let lost = error.kind() == ErrorKind::NotFound;
            let forget = "to be reminded of it no more: vitable-groups members forget";
            let failure = Failure::from(error);
            Err(failure.hint(if lost { forget } else { &resume }))
        }
        Err(signal) => {
            Err(Failure::new(signal.exit(), "interrupted; the sync goes on at the server")
                .hint(resume))
        }
    }
}

/// What is known about a sync besides what the server says.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) file: Option<String>,
    pub(super) roster: Option<Roster>,
    pub(super) previous: Option<Roster>,
    pub(super) entry: Option<Journalled>,
    /// The plan's warnings were shown a moment ago.
    pub(super) warned: bool,
}

/// Shows the outcome of a sync and remembers its end.
pub(super) fn conclude(
    sync: &SyncState,
    known: &Known,
    state: &State,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let results = sync.results.value().cloned().unwrap_or_default();
    let (exit, after) = match &known.roster {
        None => (show_results(sync, &results, out), None),
        Some(roster) => {
            let outcome = Outcome::join(roster, &results, known.previous.as_ref());
            show_outcome(sync, &results, roster, known, &outcome, out);
            let after = baseline::after(roster, &outcome, known.previous.as_ref());
            (exit_of(outcome.is_ok()), Some(lines(&after)?))
        }
    };
    if let Some(entry) = &known.entry
        && let Err(failure) = state.end(entry, Ending::Completed, after.as_deref())
    {
        // The sync is done all the same.
        out.warn(format!("{}; the next plan will not know of this sync", failure.message));
    }
    Ok(exit)
}

/// A roster as the state directory keeps it.
pub(super) fn lines(roster: &Roster) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    roster
        .to_jsonl(&mut bytes)
        .map_err(|error| Failure::local(format!("cannot write the roster as JSON: {error}")))?;
    Ok(bytes)
}

fn exit_of(worked: bool) -> Exit {
    if worked { Exit::Success } else { Exit::PartialFailure }
}

fn show_outcome(
    sync: &SyncState,
    results: &SyncResults,
    roster: &Roster,
    known: &Known,
    outcome: &Outcome,
    out: &mut Output,
) {
    let changes = known.previous.as_ref().map(|previous| diff(previous, roster));
    let rows = explain::explain(roster, outcome, changes.as_ref());
    let whole = json!({
        "request_id": sync.request_id,
        "group_id": sync.group_id,
        "accepted_at": sync.accepted_at,
        "completed_at": sync.completed_at,
        "file": known.file,
        "outcome": outcome,
        "rows": rows,
        "added_group_member_ids": results.added_group_member_ids,
        "removed_group_member_ids": results.removed_group_member_ids,
    });
    out.heading(summary(outcome));
    let shown = explain::for_people(&rows);
    let document = Document::part(explain::COLUMNS, &rows, &whole).for_people(&shown);
    out.document(&document);
    if out.is_for_people() && shown.len() < rows.len() {
        let rest = count(rows.len() - shown.len(), "row");
        out.say(format!("{rest} that worked as planned not shown; -o csv shows every row"));
    }
    for note in &outcome.notes {
        if !(known.warned && note.contains(Diff::PLAN_CHANGE_ADVICE)) {
            out.say(format!("note: {note}"));
        }
    }
    if !outcome.is_ok() {
        out.warn(
            "some rows failed; correct them in the file and sync the whole file again (never the \
             corrected rows alone: everyone else would be removed)",
        );
    }
}

fn summary(outcome: &Outcome) -> String {
    let mut text = format!("{} sent: {} added", rows(outcome.submitted), outcome.added);
    for (number, what) in [
        (outcome.kept, "kept"),
        (outcome.failed, "failed"),
        (outcome.removed, "removed"),
        (outcome.failed_removals, "failed to be removed"),
    ] {
        if number > 0 {
            let _ = write!(text, ", {number} {what}");
        }
    }
    text
}

fn rows(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "row")
}

const FAILURES: &[Column] = &[
    Column::new("reference_id", "Reference"),
    Column::new("operation", "Operation"),
    Column::new("reason", "Why").toned(|_| Tone::Bad),
];

/// What the server says, where the roster is not at hand.
fn show_results(sync: &SyncState, results: &SyncResults, out: &mut Output) -> Exit {
    out.heading(format!(
        "{} added, {} removed, {} failed",
        results.added_group_member_ids.len(),
        results.removed_group_member_ids.len(),
        results.failures.len()
    ));
    out.document(&Document::part(FAILURES, &results.failures, sync));
    exit_of(results.failures.is_empty())
}
