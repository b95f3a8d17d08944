//! Runs `members sync`: check ─▶ settle ─▶ plan ─▶ confirm ─▶ submit ─▶ wait ─▶ report.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use vitable_groups::model::SyncReceipt;
use vitable_groups::roster::CheckReport;
use vitable_groups::{Client, SyncHandle};

use super::compare::BaselineOptions;
use super::plan::Plan;
use super::roster::Loaded;
use super::wait::{self, SubmittedSync};
use super::{check, request, settle};
use crate::cli::{Global, Request, Sync};
use crate::commands::{Session, call, interrupted, open_state, wait_command, warn_unfinished};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, plain};
use crate::state::{JournalEntry, Start, State, fingerprint, lines};

pub(super) async fn run(options: Sync, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(request) = options.resume {
        let request = Request { request, group: options.group };
        return request::resume(request, options.waiting.wait_deadline, global, out).await;
    }
    // clap requires both unless --resume is given.
    let (Some(group), Some(path)) = (options.group.clone(), options.roster.clone()) else {
        return Err(Failure::usage("a sync needs a group and a roster file"));
    };
    require_confirmable(&options, &path)?;
    let loaded = Loaded::read(&path, &options.options)?;
    loaded.announce(out);
    // Before a prompt for the key, since it needs no key.
    let mut report = None;
    if !options.check_plans {
        report = Some(check::require_ok(&loaded, None, out)?);
    }
    let baseline_options = BaselineOptions::read(&path, &options.guard, &options.options)?;
    let session = if options.dry_run && !options.check_plans {
        None
    } else {
        Some(Session::open_without_reminders(global, out)?)
    };
    let report = match (report, &session) {
        (Some(report), _) => report,
        (None, None) => check::require_ok(&loaded, None, out)?,
        (None, Some(session)) => {
            let plans = check::plans(&session.client).await?;
            check::require_ok(&loaded, Some(plans), out)?
        }
    };
    let Some(session) = session.filter(|_| !options.dry_run) else {
        return dry_run(&group, &loaded, baseline_options, report, &options, global, out);
    };
    warn_unfinished(&session.state, Some(&group), out);
    let base_url = session.client.base_url().to_string();
    let _lock = session.state.lock(&base_url, &group)?;
    baseline_options.check_first_sync(&session.state.history(&base_url, &group))?;
    settle::settle(&session, &group, options.waiting.wait_deadline, out).await?;
    let history = session.state.history(&base_url, &group);
    let context =
        baseline_options.resolve(&history, options.guard.blocks_empty(&loaded.roster), out)?;
    let plan = Plan::new(&group, &loaded, context, report)?;
    plan.print_summary(out);
    plan.print_members(out);
    if options.yes {
        plan.guard(&options.guard)?;
    } else {
        plan.guard_before_prompt(&options.guard)?;
    }

    let found = call(session.client.groups().retrieve(&group).into_future()).await?;
    confirm(&options, &plan, &found.name, &base_url, out).await?;
    let (entry, receipt) = submit(&session, &group, &loaded, &plan, out).await?;
    if options.no_wait {
        return Ok(print_receipt(&receipt, out));
    }
    let handle = SyncHandle::new(group, &receipt.request_id);
    let sync = wait::wait(&session.client, &handle, options.waiting.wait_deadline, out).await?;
    let sent =
        SubmittedSync { roster: loaded.roster, baseline: plan.baseline, entry, warned: true };
    Ok(wait::conclude(&sync, Some(&sent), &session.state, out))
}

/// Fails early if the sync needs a confirmation that cannot be prompted for.
fn require_confirmable(options: &Sync, path: &Path) -> Result<(), Failure> {
    if options.yes || options.dry_run {
        return Ok(());
    }
    if path == Path::new("-") || !io::stdin().is_terminal() {
        return Err(Failure::usage("cannot prompt for confirmation: stdin is not interactive")
            .hint("use --dry-run to see the plan, then --yes to send without a prompt"));
    }
    Ok(())
}

fn dry_run(
    group: &str,
    loaded: &Loaded,
    baseline_options: BaselineOptions,
    report: CheckReport,
    options: &Sync,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    warn_unfinished(&state, None, out);
    let base_url = credentials::effective_base_url(global)?;
    let history = state.history(&base_url, group);
    let context =
        baseline_options.resolve(&history, options.guard.blocks_empty(&loaded.roster), out)?;
    let plan = Plan::new(group, loaded, context, report)?;
    plan.print_summary(out);
    plan.print_document(out);
    plan.guard(&options.guard)?;
    out.info("dry run: nothing was sent");
    Ok(Exit::Success)
}

/// Prompts for confirmation. More removals than the default limit require typing their number.
async fn confirm(
    options: &Sync,
    plan: &Plan,
    name: &str,
    base_url: &str,
    out: &mut Output,
) -> Result<(), Failure> {
    out.info(format!("group: {} at {base_url}", plain(name)));
    if options.yes {
        return Ok(());
    }
    let prompt = plan.prompt(name);
    let removals = plan.removals_to_type();
    let prompt = match removals {
        None => format!("{prompt}? [y/N] "),
        Some(removals) => format!(
            "{prompt}.\nThis ends the coverage of {removals} members. Type {removals} to confirm: "
        ),
    };
    let reply = interrupt::or_signal(out.prompt(&prompt)).await;
    let reply = reply
        .map_err(interrupted)?
        .map_err(|error| Failure::local(format!("cannot read the reply: {error}")))?;
    let reply = reply.trim().to_ascii_lowercase();
    let agreed = match removals {
        None => matches!(&*reply, "y" | "yes"),
        Some(removals) => reply == removals.to_string(),
    };
    if agreed {
        Ok(())
    } else {
        Err(Failure::new(Exit::NotConfirmed, "not confirmed; nothing was sent"))
    }
}

/// Submits the roster. The intent is written to the journal before, the receipt right after.
async fn submit(
    session: &Session,
    group: &str,
    loaded: &Loaded,
    plan: &Plan,
    out: &mut Output,
) -> Result<(JournalEntry, SyncReceipt), Failure> {
    let (client, state) = (&session.client, &session.state);
    let start = Start {
        base_url: client.base_url().to_string(),
        group_id: group.to_owned(),
        file: loaded.file.clone(),
        rows: loaded.roster.len(),
        fingerprint: fingerprint(&lines(&loaded.roster)?),
    };
    let mut entry = state.begin(start, &loaded.roster, &plan.baseline)?;
    let (receipt, repeated) = send(client, state, &entry, loaded).await?;
    (entry.request_id, entry.repeated) = (Some(receipt.request_id.clone()), repeated);
    if let Err(failure) = state.mark_accepted(&entry, &receipt.request_id) {
        // The server has accepted the sync, whether or not the journal says so.
        out.warn(format!("{}; keep this request ID: {}", failure.message, receipt.request_id));
    }
    out.info(format!("accepted as {}", plain(&receipt.request_id)));
    Ok((entry, receipt))
}

/// Returns the receipt, and whether the roster was sent more than once.
async fn send(
    client: &Client,
    state: &State,
    entry: &JournalEntry,
    loaded: &Loaded,
) -> Result<(SyncReceipt, bool), Failure> {
    let group = &entry.start.group_id;
    let request = client.groups().members().sync().submit(group, loaded.roster.members());
    let request = request.idempotency_key(&entry.sync);
    let uncertain = "it is unknown whether the server accepted the roster, so the next sync of \
                     this group counts both this roster and the one before";
    match interrupt::or_signal(request.send()).await {
        Ok(Ok(response)) => Ok((response.data, response.metadata.repeated)),
        Ok(Err(error)) if error.outcome_unknown() => Err(Failure::from(error).hint(uncertain)),
        Ok(Err(error)) => {
            state.mark_rejected(entry)?;
            Err(Failure::from(error).hint("the group was not changed"))
        }
        Err(signal) => {
            Err(Failure::new(signal.exit(), "interrupted while sending").hint(uncertain))
        }
    }
}

const RECEIPT: &[Column] = &[
    Column::new("request_id", "Request"),
    Column::new("group_id", "Group"),
    Column::new("accepted_at", "Accepted"),
];

fn print_receipt(receipt: &SyncReceipt, out: &mut Output) -> Exit {
    out.document(&Document::single(RECEIPT, receipt));
    let see = wait_command(&receipt.request_id, &receipt.group_id);
    out.info(format!("to see its outcome, run: {see}"));
    Exit::Success
}
