//! `members sync`: check ─▶ settle ─▶ plan ─▶ question ─▶ submit ─▶ wait ─▶ outcome.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use vitable_groups::model::SyncReceipt;
use vitable_groups::roster::CheckReport;
use vitable_groups::{Client, SyncHandle};

use super::compare::Given;
use super::plan::Plan;
use super::roster::Loaded;
use super::wait::{self, Sent};
use super::{check, request, settle};
use crate::cli::{Global, Request, Sync};
use crate::commands::{Session, call, interrupted, open_state, tell_unfinished, wait_command};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, plain};
use crate::state::{Journalled, Start, State, fingerprint, lines};

pub(super) async fn run(options: Sync, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(request) = options.resume {
        let request = Request { request, group: options.group };
        return request::resume(request, options.waiting.wait_deadline, global, out).await;
    }
    // clap asks for both unless there is --resume.
    let (Some(group), Some(path)) = (options.group.clone(), options.roster.clone()) else {
        return Err(Failure::usage("a sync needs a group and a roster file"));
    };
    check_answerable(&options, &path)?;
    let loaded = Loaded::read(&path, &options.options)?;
    loaded.announce(out);
    // Told before a key is asked for.
    let mut report = None;
    if !options.check_plans {
        report = Some(check::require_ok(&loaded, None, out)?);
    }
    let given = Given::read(&path, &options.guard, &options.options)?;
    let session = if options.dry_run && !options.check_plans {
        None
    } else {
        Some(Session::open_quietly(global, out)?)
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
        return dry_run(&group, &loaded, given, report, &options, global, out);
    };
    tell_unfinished(&session.state, Some(&group), out);
    let base_url = session.client.base_url().to_string();
    let _lock = session.state.lock(&base_url, &group)?;
    given.contradicts(&session.state.memory(&base_url, &group))?;
    settle::settle(&session, &group, options.waiting.wait_deadline, out).await?;
    let memory = session.state.memory(&base_url, &group);
    let known = given.compare(&memory, options.guard.refuses(&loaded.roster), out)?;
    let plan = Plan::make(&group, &loaded, known, report)?;
    plan.tell(out);
    plan.name(out);
    if options.yes {
        plan.guard(&options.guard)?;
    } else {
        plan.guard_before_question(&options.guard)?;
    }

    let found = call(session.client.groups().retrieve(&group).into_future()).await?;
    confirm(&options, &plan, &found.name, &base_url, out).await?;
    let (entry, receipt) = submit(&session, &group, &loaded, &plan, out).await?;
    if options.no_wait {
        return Ok(not_waited_for(&receipt, out));
    }
    let handle = SyncHandle::new(group, &receipt.request_id);
    let sync = wait::wait(&session.client, &handle, options.waiting.wait_deadline, out).await?;
    let sent = Sent { roster: loaded.roster, baseline: plan.baseline, entry, warned: true };
    Ok(wait::conclude(&sync, Some(&sent), &session.state, out))
}

/// Refuses before any work what could not be confirmed later.
fn check_answerable(options: &Sync, path: &Path) -> Result<(), Failure> {
    if options.yes || options.dry_run {
        return Ok(());
    }
    if path == Path::new("-") || !io::stdin().is_terminal() {
        return Err(Failure::usage("cannot prompt for confirmation: stdin is not interactive")
            .hint("look at the plan with --dry-run, then pass --yes to send without a question"));
    }
    Ok(())
}

fn dry_run(
    group: &str,
    loaded: &Loaded,
    given: Given,
    report: CheckReport,
    options: &Sync,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    tell_unfinished(&state, None, out);
    let base_url = credentials::place(global)?;
    let memory = state.memory(&base_url, group);
    let known = given.compare(&memory, options.guard.refuses(&loaded.roster), out)?;
    let plan = Plan::make(group, loaded, known, report)?;
    plan.tell(out);
    plan.show(out);
    plan.guard(&options.guard)?;
    out.say("dry run: nothing was sent");
    Ok(Exit::Success)
}

/// Asks whether to send. More removals than the default limit are agreed to by their number.
async fn confirm(
    options: &Sync,
    plan: &Plan,
    name: &str,
    base_url: &str,
    out: &mut Output,
) -> Result<(), Failure> {
    out.say(format!("group: {} at {base_url}", plain(name)));
    if options.yes {
        return Ok(());
    }
    let question = plan.question(name);
    let removals = plan.removals_to_type();
    let question = match removals {
        None => format!("{question}? [y/N] "),
        Some(removals) => format!(
            "{question}.\nThat ends the coverage of {removals} members. Type {removals} to go on: "
        ),
    };
    let answer = interrupt::or_signal(out.ask(&question)).await;
    let answer = answer
        .map_err(interrupted)?
        .map_err(|error| Failure::local(format!("cannot read the answer: {error}")))?;
    let answer = answer.trim().to_ascii_lowercase();
    let agreed = match removals {
        None => matches!(&*answer, "y" | "yes"),
        Some(removals) => answer == removals.to_string(),
    };
    if agreed {
        Ok(())
    } else {
        Err(Failure::new(Exit::NotConfirmed, "not confirmed; nothing was sent"))
    }
}

/// Sends the roster. The intent is on disk before, the receipt right after.
async fn submit(
    session: &Session,
    group: &str,
    loaded: &Loaded,
    plan: &Plan,
    out: &mut Output,
) -> Result<(Journalled, SyncReceipt), Failure> {
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
    if let Err(failure) = state.accepted(&entry, &receipt.request_id) {
        // The sync is under way whether or not we can write it down.
        out.warn(format!("{}; keep this id: {}", failure.message, receipt.request_id));
    }
    out.say(format!("accepted as {}", plain(&receipt.request_id)));
    Ok((entry, receipt))
}

/// Also says whether it was sent more than once.
async fn send(
    client: &Client,
    state: &State,
    entry: &Journalled,
    loaded: &Loaded,
) -> Result<(SyncReceipt, bool), Failure> {
    let group = &entry.start.group_id;
    let request = client.groups().members().sync().submit(group, loaded.roster.members());
    let request = request.idempotency_key(&entry.sync);
    let uncertain = "it is not known whether the roster was accepted, so the next sync of this \
                     group counts both rosters, the one before and this one";
    match interrupt::or_signal(request.send()).await {
        Ok(Ok(response)) => Ok((response.data, response.metadata.repeated)),
        Ok(Err(error)) if error.outcome_unknown() => Err(Failure::from(error).hint(uncertain)),
        Ok(Err(error)) => {
            state.refused(entry)?;
            Err(Failure::from(error).hint("nothing was changed"))
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

fn not_waited_for(receipt: &SyncReceipt, out: &mut Output) -> Exit {
    out.document(&Document::single(RECEIPT, receipt));
    let see = wait_command(&receipt.request_id, &receipt.group_id);
    out.say(format!("to see its outcome: {see}"));
    Exit::Success
}
