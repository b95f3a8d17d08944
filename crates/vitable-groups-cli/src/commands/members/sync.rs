//! `members sync`: check ─▶ plan ─▶ question ─▶ submit ─▶ wait ─▶ outcome.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use vitable_groups::model::SyncReceipt;
use vitable_groups::{Client, SyncHandle};

use super::check;
use super::plan::Plan;
use super::request;
use super::roster::Loaded;
use super::wait::{self, Known};
use crate::cli::{Global, Request, Sync};
use crate::commands::{Session, call, interrupted, open_state, tell_unfinished, wait_command};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::output::{Column, Document, Output, plain};
use crate::state::{Ending, Journalled, Start, State, fingerprint};

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
    if !options.check_plans {
        check::require_ok(&loaded, None, out)?;
    }
    let session = if options.dry_run && !options.check_plans {
        None
    } else {
        Some(Session::open(global, out)?)
    };
    if let Some(session) = session.as_ref().filter(|_| options.check_plans) {
        let plans = check::plans(&session.client).await?;
        check::require_ok(&loaded, Some(plans), out)?;
    }

    let Some(session) = session.filter(|_| !options.dry_run) else {
        return dry_run(&group, &loaded, &options, global, out);
    };
    let base_url = session.client.base_url().to_string();
    let _lock = session.state.lock(&base_url, &group)?;
    let plan = Plan::make(&group, &base_url, &loaded, &options.guard, &session.state)?;
    plan.tell(out);
    plan.name(out);
    plan.guard(&loaded, &options.guard)?;

    let found = call(session.client.groups().retrieve(&group).into_future()).await?;
    confirm(&options, &found.name, &base_url, out).await?;
    let (entry, receipt) = submit(&session, &group, &loaded, out).await?;
    if options.no_wait {
        return Ok(not_waited_for(&receipt, out));
    }
    let handle = SyncHandle::new(group, &receipt.request_id);
    let sync = wait::wait(&session.client, &handle, options.waiting.wait_deadline, out).await?;
    let known = Known {
        file: Some(loaded.file),
        roster: Some(loaded.roster),
        previous: plan.previous,
        entry: Some(entry),
        warned: true,
    };
    wait::conclude(&sync, &known, &session.state, out)
}

/// Refuses before any work what could not be confirmed later.
fn check_answerable(options: &Sync, path: &Path) -> Result<(), Failure> {
    if options.yes || options.dry_run {
        return Ok(());
    }
    if path == Path::new("-") || !io::stdin().is_terminal() {
        return Err(Failure::usage("a sync must be confirmed, but there is nobody to ask")
            .hint("look at the plan with --dry-run, then pass --yes to send without a question"));
    }
    Ok(())
}

fn dry_run(
    group: &str,
    loaded: &Loaded,
    options: &Sync,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    if !options.check_plans {
        tell_unfinished(&state, out)?;
    }
    let base_url = credentials::place(global)?;
    let plan = Plan::make(group, &base_url, loaded, &options.guard, &state)?;
    plan.tell(out);
    plan.show(out);
    plan.guard(loaded, &options.guard)?;
    out.say("dry run: nothing was sent");
    Ok(Exit::Success)
}

async fn confirm(
    options: &Sync,
    name: &str,
    base_url: &str,
    out: &mut Output,
) -> Result<(), Failure> {
    out.say(format!("group: {} at {base_url}", plain(name)));
    if options.yes {
        return Ok(());
    }
    let answer = interrupt::or_signal(out.ask("Replace the group's roster by this file?")).await;
    let yes = answer
        .map_err(interrupted)?
        .map_err(|error| Failure::local(format!("cannot read the answer: {error}")))?;
    if yes {
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
    out: &mut Output,
) -> Result<(Journalled, SyncReceipt), Failure> {
    let (client, state) = (&session.client, &session.state);
    let content = wait::lines(&loaded.roster)?;
    let start = Start {
        base_url: client.base_url().to_string(),
        group_id: group.to_owned(),
        file: loaded.file.clone(),
        rows: loaded.roster.len(),
        fingerprint: fingerprint(&content),
    };
    let mut entry = state.begin(start, &content)?;
    let receipt = send(client, state, &entry, loaded).await?;
    entry.request_id = Some(receipt.request_id.clone());
    if let Err(failure) = state.accepted(&entry.sync, &receipt.request_id) {
        // The sync is under way whether or not we can write it down.
        out.warn(format!("{}; keep this id: {}", failure.message, receipt.request_id));
    }
    out.say(format!("accepted as {}", receipt.request_id));
    Ok((entry, receipt))
}

async fn send(
    client: &Client,
    state: &State,
    entry: &Journalled,
    loaded: &Loaded,
) -> Result<SyncReceipt, Failure> {
    let group = &entry.start.group_id;
    let request = client.groups().members().sync().submit(group, loaded.roster.members());
    let request = request.idempotency_key(&entry.sync);
    let uncertain = "it is not known whether the roster was taken; run the same command again to be \
                     sure: sending the same roster twice does no harm";
    match interrupt::or_signal(request.into_future()).await {
        Ok(Ok(receipt)) => Ok(receipt),
        Ok(Err(error)) if error.outcome_unknown() => Err(Failure::from(error).hint(uncertain)),
        Ok(Err(error)) => {
            state.end(entry, Ending::Refused, None)?;
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
