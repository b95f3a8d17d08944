//! Waits for a sync and reports its outcome.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};
use vitable_groups::model::SyncState;
use vitable_groups::roster::{Baseline, Outcome, OutcomeStatus, Roster, RosterDiff};
use vitable_groups::{Client, ErrorKind, HumanDuration, SyncHandle, SyncProgress};

use super::row_outcomes;
use crate::commands::wait_command;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, Tone, count, plain, value};
use crate::state::{JournalEntry, State};

/// Waits for a sync and shows a progress bar. A failed or interrupted wait does not stop the sync;
/// the failure's hint is the command that resumes the wait.
pub(super) async fn wait(
    client: &Client,
    handle: &SyncHandle,
    deadline: Duration,
    out: &mut Output,
) -> Result<SyncState, Failure> {
    out.info(format!("waiting for {} (at most {})", handle.request_id, HumanDuration(deadline)));
    let bar = out.wait_bar(deadline);
    let shown = bar.clone();
    let request = plain(&handle.request_id);
    let waiting =
        client.groups().members().sync().wait(handle.clone()).deadline(deadline).on_progress(
            move |progress: SyncProgress| {
                let last_error =
                    progress.last_error.map(|kind| format!(", last poll failed: {kind}"));
                let polls = count(usize::try_from(progress.polls).unwrap_or(usize::MAX), "poll");
                let message = format!("{request}: {polls}{}", last_error.unwrap_or_default());
                shown.show(progress.elapsed, message);
            },
        );
    let ended = interrupt::or_signal(waiting.into_future()).await;
    bar.finish();
    let resume =
        format!("to see its outcome, run: {}", wait_command(&handle.request_id, &handle.group_id));
    match ended {
        Ok(Ok(state)) => Ok(state),
        Ok(Err(error)) if error.kind() == ErrorKind::Deadline => {
            Err(Failure::from(error).hint(resume))
        }
        Ok(Err(error)) => {
            let not_found = error.kind() == ErrorKind::NotFound;
            let forget = "to stop reminders about it, run: vitable-groups members forget";
            let failure = Failure::from(error);
            Err(failure.hint(if not_found { forget } else { &resume }))
        }
        Err(signal) => {
            Err(Failure::new(signal.exit(), "interrupted; the sync keeps running on the server")
                .hint(resume))
        }
    }
}

/// A sync that was submitted from this machine.
#[derive(Debug)]
pub(super) struct SubmittedSync {
    pub(super) roster: Roster,
    /// The baseline of its plan.
    pub(super) baseline: Baseline,
    pub(super) entry: JournalEntry,
    /// The plan's warnings were just printed.
    pub(super) warned: bool,
}

/// Prints the outcome of a sync and records it in the state.
pub(super) fn conclude(
    sync: &SyncState,
    sent: Option<&SubmittedSync>,
    state: &State,
    out: &mut Output,
) -> Exit {
    let Some(sent) = sent else { return show_results(sync, out) };
    let SubmittedSync { roster, baseline, entry, .. } = sent;
    let outcome = Outcome::join(roster, sync.results.value(), baseline, entry.repeated);
    show_outcome(sync, sent, &outcome, out);
    if let Err(failure) = record_outcome(&outcome, roster, baseline, entry, state) {
        // The sync has completed regardless.
        out.warn(format!("{}; the next sync checks this one again", failure.message));
    }
    let exit = exit_of(outcome.status);
    report_exit(exit, &sync.request_id, out);
    exit
}

/// Records what the group holds now; returns whether that is known.
pub(super) fn record_outcome(
    outcome: &Outcome,
    roster: &Roster,
    before: &Baseline,
    entry: &JournalEntry,
    state: &State,
) -> Result<bool, Failure> {
    if outcome.status == OutcomeStatus::Unknown {
        return Ok(false);
    }
    let Some(after) = outcome.group_after(roster, before) else { return Ok(false) };
    state.mark_completed(entry, &after)?;
    Ok(true)
}

fn exit_of(status: OutcomeStatus) -> Exit {
    match status {
        OutcomeStatus::Succeeded => Exit::Success,
        OutcomeStatus::RowsFailed => Exit::PartialFailure,
        OutcomeStatus::NotAsPlanned => Exit::NotAsPlanned,
        // Statuses that later versions of the library may add.
        _ => Exit::OutcomeUnknown,
    }
}

/// Prints the errors that `--quiet` must not hide.
fn report_exit(exit: Exit, request: &str, out: &mut Output) {
    let failure = match exit {
        Exit::NotAsPlanned => Failure::new(
            exit,
            "the sync completed, but its outcome differs from the plan: the group did not hold the \
             roster that the plan was compared with",
        )
        .hint("find out who else syncs this group, and whether anyone lost coverage")
        .hint("the next plan compares with the roster that was just sent"),
        Exit::OutcomeUnknown => {
            Failure::new(exit, "the sync completed, but its outcome is unknown").hint(format!(
                "the next sync of this group counts both this roster and the one before; contact \
                 Vitable for the outcome of {}",
                plain(request)
            ))
        }
        _ => return,
    };
    out.failure(&failure);
}

fn show_outcome(sync: &SyncState, sent: &SubmittedSync, outcome: &Outcome, out: &mut Output) {
    let changes = sent.baseline.compare(&sent.roster).ok();
    let rows = row_outcomes::row_outcomes(&sent.roster, outcome, changes.as_ref());
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
    let shown = row_outcomes::notable(&rows);
    let document = Document::part(row_outcomes::COLUMNS, &rows, &whole).with_table_rows(&shown);
    out.document(&document);
    if out.is_table() && shown.len() < rows.len() {
        let rest = count(rows.len() - shown.len(), "row");
        let planned = match outcome.status {
            OutcomeStatus::Succeeded | OutcomeStatus::RowsFailed if outcome.expected.is_some() => {
                " applied as planned"
            }
            _ => "",
        };
        out.info(format!("not shown: {rest}{planned}; use -o csv to see every row"));
    }
    for note in &outcome.notes {
        if !(sent.warned && note.contains(RosterDiff::PLAN_CHANGE_ADVICE)) {
            out.info(format!("note: {note}"));
        }
    }
    if !outcome.failures.is_empty() || !outcome.other_failures.is_empty() {
        out.warn(
            "some rows failed; fix them in the file, then sync the whole file again (syncing only \
             the fixed rows would remove everyone else)",
        );
    }
}

/// The outcome in one line.
pub(super) fn summary(outcome: &Outcome) -> String {
    let sent = count(usize::try_from(outcome.submitted).unwrap_or(usize::MAX), "row");
    let Some(added) = outcome.added else {
        return format!("{sent} sent; the numbers of added and removed members are unknown");
    };
    let mut text = format!("{sent} sent: {added} added");
    for (number, what) in [
        (outcome.kept, "kept"),
        (outcome.failed, "failed"),
        (outcome.removed, "removed"),
        (outcome.failed_removals, "could not be removed"),
    ] {
        if let Some(number) = number.filter(|number| *number > 0) {
            let _ = write!(text, ", {number} {what}");
        }
    }
    text
}

const FAILURES: &[Column] = &[
    Column::new("reference_id", "Reference ID"),
    Column::new("operation", "Operation"),
    Column::new("reason", "Reason").toned(|_| Tone::Bad),
];

/// Prints the server's results, for a sync whose roster is not on this machine.
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
    report_exit(exit, &sync.request_id, out);
    exit
}
