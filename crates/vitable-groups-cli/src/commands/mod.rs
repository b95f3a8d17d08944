//! Implementations of the commands.

mod completions;
mod demo;
mod groups;
mod man;
mod manifest;
mod members;
mod plans;
mod sandbox;

use futures_util::TryStreamExt as _;
use serde::Serialize;
use vitable_groups::{Client, List, PageItem};

use crate::cli::{Command, Global, ListOptions};
use crate::exit::{Exit, Failure};
use crate::interrupt::{self, Signal};
use crate::output::{Column, Document, Output, plain, value};
use crate::state::{Locks, State};

/// Runs a command.
pub(crate) async fn run(
    command: Command,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        Command::Groups(command) => groups::run(command, global, out).await,
        Command::Members(command) => members::run(command, global, out).await,
        Command::Plans(command) => plans::run(command, global, out).await,
        Command::Sandbox(options) => sandbox::run(options, out).await,
        // Boxed, since the demo calls this function.
        Command::Demo => Box::pin(demo::run(global, out)).await,
        Command::Completions { shell } => completions::run(shell, out),
        Command::Man { directory } => man::run(&directory),
        Command::Manifest => manifest::run(out),
    }
}

/// What a command needs to call the API.
struct Session {
    client: Client,
    state: State,
}

impl Session {
    /// Builds the client, opens the state and warns about unfinished syncs.
    fn open(global: &Global, out: &mut Output) -> Result<Self, Failure> {
        let session = Self::open_without_reminders(global, out)?;
        warn_unfinished(&session.state, None, out);
        Ok(session)
    }

    /// Builds the client and opens the state.
    fn open_without_reminders(global: &Global, out: &mut Output) -> Result<Self, Failure> {
        Ok(Self { client: crate::credentials::client(global, out)?, state: open_state(global)? })
    }
}

fn open_state(global: &Global) -> Result<State, Failure> {
    let locks = global.locks.clone().map_or_else(Locks::of_user, Locks::at);
    if global.no_state {
        return Ok(State::none(locks));
    }
    let directory = global.state_dir.clone();
    State::open(directory.filter(|directory| !directory.as_os_str().is_empty()), locks)
}

/// Warns about syncs whose outcome was never read, except those of one group.
fn warn_unfinished(state: &State, except: Option<&str>, out: &mut Output) {
    let unfinished = state.unfinished().unwrap_or_else(|failure| {
        out.warn(format!("cannot list unfinished syncs: {}", failure.message));
        Vec::new()
    });
    for entry in unfinished {
        let start = &entry.start;
        if except == Some(&*start.group_id) {
            continue;
        }
        let sync = format!(
            "sync of {} to group {} at {} ({}, {})",
            plain(&start.file),
            plain(&start.group_id),
            start.base_url,
            entry.age(),
            entry.at
        );
        match &entry.request_id {
            Some(request) => out.warn(format!(
                "the {sync} was submitted, but its outcome was never read; to see it, run: {}",
                wait_command(request, &start.group_id)
            )),
            None => out.warn(format!(
                "the {sync} was interrupted while it was being sent; it is unknown whether the \
                 server accepted it, so the next sync of the group counts both rosters. To stop \
                 this reminder, run: vitable-groups members forget"
            )),
        }
    }
}

/// The command that shows the outcome of a sync.
fn wait_command(request: &str, group: &str) -> String {
    let (request, group) = (shell_word(request), shell_word(group));
    format!("vitable-groups members wait {request} --group {group}")
}

/// An ID, quoted for a shell if needed. The server chooses it, and users paste this command.
fn shell_word(id: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !id.is_empty() && id.chars().all(harmless) {
        return id.to_owned();
    }
    format!("'{}'", id.replace('\'', r"'\''"))
}

/// Runs a call until it completes or a signal arrives.
async fn call<T>(
    work: impl Future<Output = Result<T, vitable_groups::Error>>,
) -> Result<T, Failure> {
    match interrupt::or_signal(work).await {
        Ok(result) => result.map_err(Failure::from),
        Err(signal) => Err(interrupted(signal)),
    }
}

fn interrupted(signal: Signal) -> Failure {
    Failure::new(signal.exit(), "interrupted")
}

/// Prints a list, item by item if the format allows it.
async fn print_list<T: PageItem + Serialize>(
    list: List<T>,
    columns: &'static [Column],
    options: &ListOptions,
    out: &mut Output,
) -> Result<(), Failure> {
    let max = options.limit.unwrap_or(usize::MAX);
    // A page need not be larger than the limit.
    let page_size =
        u32::try_from(max).map_or(options.page_size, |max| options.page_size.min(max.max(1)));
    let mut items = list.limit(page_size).items();
    let mut collected = Vec::new();
    let mut seen = 0_usize;
    while seen < max {
        let Some(item) = call(items.try_next()).await? else { break };
        seen += 1;
        if out.is_streaming() {
            if !out.stream(&value(&item)) {
                return Ok(());
            }
        } else {
            collected.push(item);
        }
    }
    if !out.is_streaming() {
        out.document(&Document::list(columns, &collected));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_suggested_commands_are_quoted_for_the_shell() {
        assert_eq!(
            wait_command("grpmsr_a-B", "$(rm -rf ~)'"),
            r"vitable-groups members wait grpmsr_a-B --group '$(rm -rf ~)'\'''"
        );
    }
}
