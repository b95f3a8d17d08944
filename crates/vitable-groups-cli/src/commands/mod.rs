//! What each command does.

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

/// Does what a command says.
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
        // The demo runs commands itself.
        Command::Demo => Box::pin(demo::run(global, out)).await,
        Command::Completions { shell } => completions::run(shell, out),
        Command::Man { folder } => man::run(&folder),
        Command::Manifest => manifest::run(out),
    }
}

/// What a command that talks to the API works with.
struct Session {
    client: Client,
    state: State,
}

impl Session {
    /// Opens the state, tells of syncs that were left behind, and makes the client.
    fn open(global: &Global, out: &mut Output) -> Result<Self, Failure> {
        let session = Self::open_quietly(global, out)?;
        tell_unfinished(&session.state, None, out);
        Ok(session)
    }

    /// The same without a word about syncs that were left behind.
    fn open_quietly(global: &Global, out: &mut Output) -> Result<Self, Failure> {
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

/// Says which syncs were cut off before their outcome was seen, except those of one group.
fn tell_unfinished(state: &State, except: Option<&str>, out: &mut Output) {
    let unfinished = state.unfinished().unwrap_or_else(|failure| {
        out.warn(format!("unfinished syncs are not known: {}", failure.message));
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
                "the {sync} was submitted, but its outcome was not seen; to settle it: {}",
                wait_command(request, &start.group_id)
            )),
            None => out.warn(format!(
                "the {sync} was cut off while it was sent; it is not known whether it was \
                 accepted. The next sync of the group counts both rosters (to end this reminder: \
                 vitable-groups members forget)"
            )),
        }
    }
}

/// What to type to see the outcome of a sync.
fn wait_command(request: &str, group: &str) -> String {
    let (request, group) = (shell_word(request), shell_word(group));
    format!("vitable-groups members wait {request} --group {group}")
}

/// An id as a shell takes it. A server could send anything, and people copy what they are shown.
fn shell_word(id: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !id.is_empty() && id.chars().all(harmless) {
        return id.to_owned();
    }
    format!("'{}'", id.replace('\'', r"'\''"))
}

/// Runs a call that a signal may end.
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

/// Prints a list, item by item where the format allows it.
async fn print_list<T: PageItem + Serialize>(
    list: List<T>,
    columns: &'static [Column],
    options: &ListOptions,
    out: &mut Output,
) -> Result<(), Failure> {
    let most = options.limit.unwrap_or(usize::MAX);
    // More than what is wanted need not be asked for.
    let page_size =
        u32::try_from(most).map_or(options.page_size, |most| options.page_size.min(most.max(1)));
    let mut items = list.limit(page_size).items();
    let mut kept = Vec::new();
    let mut seen = 0_usize;
    while seen < most {
        let Some(item) = call(items.try_next()).await? else { break };
        seen += 1;
        if out.is_streaming() {
            if !out.stream(&value(&item)) {
                return Ok(());
            }
        } else {
            kept.push(item);
        }
    }
    if !out.is_streaming() {
        out.document(&Document::list(columns, &kept));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_that_are_shown_can_be_pasted() {
        assert_eq!(
            wait_command("grpmsr_a-B", "$(rm -rf ~)'"),
            r"vitable-groups members wait grpmsr_a-B --group '$(rm -rf ~)'\'''"
        );
    }
}
