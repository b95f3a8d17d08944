//! Waiting for a sync, and explaining what became of it.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use vitable_groups::model::SyncState;
use vitable_groups::roster::{Baseline, Diff, Outcome, OutcomeStatus, Roster};
use vitable_groups::{Client, ErrorKind, HumanDuration, Progress, SyncHandle};

use super::explain;
use crate::commands::wait_command;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, Tone, count, plain, value};
use crate::state::{Journalled, State};

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
                let last_error =
                    progress.last_error.map(|kind| format!(", last look failed: {kind}"));
                let looks = count(usize::try_from(progress.polls).unwrap_or(usize::MAX), "look");
                let message = format!("{request}: {looks}{}", last_error.unwrap_or_default());
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
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) roster: Roster,
    /// What it was compared with.
    pub(super) baseline: Baseline,
    pub(super) entry: Journalled,
    /// The plan's warnings were shown a moment ago.
    pub(super) warned: bool,
}

/// Shows the outcome of a sync and remembers its end.
pub(super) fn conclude(
    sync: &SyncState,
    sent: Option<&Sent>,
    state: &State,
    out: &mut Output,
) -> Exit {
    let Some(sent) = sent else { return show_results(sync, out) };
    let Sent { roster, baseline, entry, .. } = sent;
    let outcome = Outcome::join(roster, sync.results.value(), baseline, entry.repeated);
    show_outcome(sync, sent, &outcome, out);
    if let Err(failure) = remember(&outcome, roster, baseline, entry, state) {
        // The sync is done all the same.
        out.warn(format!("{}; the next sync looks at this one again", failure.message));
    }
    let exit = exit_of(outcome.status);
    attention(exit, &sync.request_id, out);
    exit
}

/// Writes down what the group holds now. Says whether that is known.
pub(super) fn remember(
    outcome: &Outcome,
    roster: &Roster,
    before: &Baseline,
    entry: &Journalled,
    state: &State,
) -> Result<bool, Failure> {
    if outcome.status == OutcomeStatus::Unknown {
        return Ok(false);
    }
    let Some(after) = outcome.group_after(roster, before) else { return Ok(false) };
    state.completed(entry, &after)?;
    Ok(true)
}

fn exit_of(status: OutcomeStatus) -> Exit {
    match status {
        OutcomeStatus::Succeeded => Exit::Success,
        OutcomeStatus::RowsFailed => Exit::PartialFailure,
        OutcomeStatus::NotAsPlanned => Exit::NotAsPlanned,
        // Nothing is claimed of what a later version may know.
        _ => Exit::OutcomeUnknown,
    }
}

/// Says what must not be missed, even when told to be quiet.
fn attention(exit: Exit, request: &str, out: &mut Output) {
    let failure = match exit {
        Exit::NotAsPlanned => Failure::new(
            exit,
            "the sync is completed, but what happened is not what was planned: the group did not \
             hold the roster that the plan compared with",
        )
        .hint("find out who else syncs this group, and whether somebody lost coverage by it")
        .hint("the next plan compares with what was sent now"),
        Exit::OutcomeUnknown => {
            Failure::new(exit, "the sync is completed, but its outcome is not known").hint(format!(
                "the next sync of this group counts both rosters, the one before and this one; \
                 Vitable can say what became of {}",
                plain(request)
            ))
        }
        _ => return,
    };
    out.failure(&failure);
}

fn show_outcome(sync: &SyncState, sent: &Sent, outcome: &Outcome, out: &mut Output) {
    let changes = sent.baseline.compare(&sent.roster).ok();
    let rows = explain::explain(&sent.roster, outcome, changes.as_ref());
    let results = sync.results.value().cloned().unwrap_or_default();
    let whole = json!({
        "request_id": sync.request_id,
        "group_id": sync.group_id,
        "accepted_at": sync.accepted_at,
        "completed_at": sync.completed_at,
        "file": sent.entry.start.file,
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
        let planned = match outcome.status {
            OutcomeStatus::Succeeded | OutcomeStatus::RowsFailed if outcome.expected.is_some() => {
                " that worked as planned"
            }
            _ => "",
        };
        out.say(format!("{rest}{planned} not shown; -o csv shows every row"));
    }
    for note in &outcome.notes {
        if !(sent.warned && note.contains(Diff::PLAN_CHANGE_ADVICE)) {
            out.say(format!("note: {note}"));
        }
    }
    if !outcome.failures.is_empty() || !outcome.other_failures.is_empty() {
        out.warn(
            "some rows failed; correct them in the file and sync the whole file again (never the \
             corrected rows alone: everyone else would be removed)",
        );
    }
}

/// The outcome in one line.
pub(super) fn summary(outcome: &Outcome) -> String {
    let sent = count(usize::try_from(outcome.submitted).unwrap_or(usize::MAX), "row");
    let Some(added) = outcome.added else {
        return format!("{sent} sent; it is not known how many were added and removed");
    };
    let mut text = format!("{sent} sent: {added} added");
    for (number, what) in [
        (outcome.kept, "kept"),
        (outcome.failed, "failed"),
        (outcome.removed, "removed"),
        (outcome.failed_removals, "failed to be removed"),
    ] {
        if let Some(number) = number.filter(|number| *number > 0) {
            let _ = write!(text, ", {number} {what}");
        }
    }
    text
}

const FAILURES: &[Column] = &[
    Column::new("reference_id", "Reference"),
    Column::new("operation", "Operation"),
    Column::new("reason", "Why").toned(|_| Tone::Bad),
];

/// What the server says, where the roster is not at hand.
fn show_results(sync: &SyncState, out: &mut Output) -> Exit {
    let results = sync.results.value();
    let (added, removed) = (
        results.map(|results| results.added_group_member_ids.len()),
        results.map(|results| results.removed_group_member_ids.len()),
    );
    let failures = results.map(|results| results.failures.as_slice());
    let status = match failures {
        None => OutcomeStatus::Unknown,
        Some([]) => OutcomeStatus::Succeeded,
        Some(_) => OutcomeStatus::RowsFailed,
    };
    let mut whole = value(sync);
    if let Value::Object(whole) = &mut whole {
        let failed = failures.map(<[_]>::len);
        let outcome = json!({
            "status": status, "added": added, "removed": removed, "failed": failed,
        });
        whole.insert("outcome".to_owned(), outcome);
    }
    let failures = failures.unwrap_or_default();
    if let (Some(added), Some(removed)) = (added, removed) {
        out.heading(format!("{added} added, {removed} removed, {} failed", failures.len()));
    }
    out.document(&Document::part(FAILURES, failures, &whole));
    let exit = exit_of(status);
    attention(exit, &sync.request_id, out);
    exit
}
