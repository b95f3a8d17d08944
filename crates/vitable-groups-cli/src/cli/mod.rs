//! The arguments, as clap reads them. Nothing is done here.

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
pub(crate) use roster::CheckOptions;
pub(crate) use sandbox::Sandbox;

use crate::exit;

const EXAMPLES: &str = "\
Examples:
  vitable-groups demo                          see it work, without an account
  vitable-groups groups list                   the groups of your organization
  vitable-groups members check roster.csv      what is wrong with a roster file
  vitable-groups members sync grp_1 roster.csv sync the group to the file

A sync replaces the group's roster. Members missing from the file lose coverage. The command shows
the plan first and asks before it sends anything. If it is not known who is in the group, or too
many members would be removed, it sends nothing.

The API key is read from VITABLE_CONNECT_API_KEY, from --key-file, from a profile, or asked for.
Results go to standard output, everything else to standard error.";

/// Keep the members of Vitable Connect groups in step with your roster files.
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
    /// Check rosters, plan and run syncs of a group's members
    #[command(subcommand)]
    Members(Members),
    /// List the plans that members can be put on
    #[command(subcommand)]
    Plans(Plans),
    /// Run a local server that behaves like the API, for tests and trials
    Sandbox(Sandbox),
    /// See a roster checked, synced and explained against a local server; needs no account
    Demo,
    /// Print a completion script for a shell
    ///
    /// For bash: `vitable-groups completions bash > /etc/bash_completion.d/vitable-groups`
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write a man page for each command into a folder
    #[command(hide = true)]
    Man {
        /// The folder; it is made where there is none
        folder: PathBuf,
    },
    /// Print the operations, defaults and error kinds of this version
    Manifest,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Plans {
    /// List the plans linked to the organization; a row's `plan_id` is one of these
    List(ListOptions),
}

/// The command with its help, exit codes included.
pub(crate) fn command() -> clap::Command {
    Cli::command().after_help(format!("{EXAMPLES}\n\n{}", exit::help()))
}

/// Reads arguments, the command's name first.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
) -> Result<Cli, clap::Error> {
    let mut matches = command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_is_consistent() {
        super::command().debug_assert();
    }
}
