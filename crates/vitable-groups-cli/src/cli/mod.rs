//! Command-line arguments, parsed by clap.

mod global;
mod groups;
mod members;
mod roster;
mod sandbox;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

pub(crate) use global::{Color, Format, Global};
pub(crate) use groups::{Create, Find, Get, Groups, ListOptions, Update};
pub(crate) use members::{Check, Forget, GuardOptions, Members, Plan, Request, Sync, WaitRequest};
pub(crate) use roster::RosterOptions;
pub(crate) use sandbox::Sandbox;

use crate::exit;

const EXAMPLES: &str = "\
Examples:
  vitable-groups demo                           # a guided demo; no account needed
  vitable-groups groups list                    # the organization's groups
  vitable-groups members check roster.csv       # the errors in a roster file
  vitable-groups members sync grp_1 roster.csv  # sync the group to the file

A sync replaces the group's roster. Members missing from the file lose coverage. The command shows
the plan and prompts for confirmation before it sends anything. If the group's members are unknown,
or too many of them would be removed, it sends nothing.

The API key comes from --key-file, a profile, VITABLE_CONNECT_API_KEY or a prompt. Results go to
standard output, everything else to standard error.";

/// Sync Vitable Connect groups to your roster files.
#[derive(Debug, Parser)]
#[command(
    name = "vitable-groups",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List, get, find, create and update groups
    #[command(subcommand)]
    Groups(Groups),
    /// Check rosters, plan syncs and sync a group's members
    #[command(subcommand)]
    Members(Members),
    /// List the organization's benefit plans
    #[command(subcommand)]
    Plans(Plans),
    /// Run a local server that emulates the API, for tests and trials
    Sandbox(Sandbox),
    /// Run a guided demo against a local server; no account needed
    Demo,
    /// Print a shell completion script
    ///
    /// For bash: `vitable-groups completions bash > /etc/bash_completion.d/vitable-groups`
    Completions {
        /// Shell to generate the script for
        shell: clap_complete::Shell,
    },
    /// Write a man page for each command
    #[command(hide = true)]
    Man {
        /// Directory to write to, created if missing
        directory: PathBuf,
    },
    /// Print this version's operations, defaults and error kinds
    Manifest,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Plans {
    /// List the organization's plans; a row's `plan_id` must be one of them
    List(ListOptions),
}

/// The clap command, with examples and exit codes after its help.
pub(crate) fn command() -> clap::Command {
    Cli::command().after_help(format!("{EXAMPLES}\n\n{}", exit::help()))
}

/// Parses arguments; the first one is the program's name.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let mut matches = command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_clap_definition_is_valid() {
        super::command().debug_assert();
    }
}
