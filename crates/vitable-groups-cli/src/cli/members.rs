//! Arguments of `members …`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use vitable_groups::roster::{MaxRemovals, Roster};

use super::global::duration;
use super::roster::RosterOptions;

#[derive(Debug, Subcommand)]
pub(crate) enum Members {
    /// Check a roster file and show every error and warning; sends nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Show what a sync would change; sends nothing
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Plan),
    /// Sync a group to a roster file: check, plan, confirm, submit, wait, report
    #[command(after_help = SYNC_EXAMPLES)]
    Sync(Sync),
    /// Show the status of a sync request without waiting
    Status(Request),
    /// Wait for a sync request to complete and show its outcome
    #[command(after_help = WAIT_EXAMPLES)]
    Wait(WaitRequest),
    /// Stop reminders about unfinished syncs; sends nothing, and plans still count their rosters
    Forget(Forget),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  vitable-groups members check roster.csv
  vitable-groups members check export.csv --map 'Emp No=reference_id' --default-plan pln_1
  vitable-groups members check roster.csv -o csv > findings.csv";

const PLAN_EXAMPLES: &str = "\
Examples:
  vitable-groups members plan grp_1 roster.csv --previous last-month.csv
  vitable-groups members plan grp_1 roster.csv --max-removals 5%

The API cannot list the members of a group. The plan compares the file with --previous, or with the
roster that this machine last synced to the group. Without either there is no plan. For a group that
was never synced, pass --first-sync.";

const SYNC_EXAMPLES: &str = "\
Examples:
  vitable-groups members sync grp_1 roster.csv --first-sync                      # a new group
  vitable-groups members sync grp_1 roster.csv
  vitable-groups members sync grp_1 roster.csv --yes --max-removals 10 -o json   # a nightly job
  vitable-groups members sync grp_1 roster.csv --dry-run
  vitable-groups members sync --resume grpmsr_1

The file is the complete roster: members missing from it lose coverage. The plan compares it with
--previous, or with the roster that this machine last sent to the group. Without either, nothing is
sent. A sync that removes more members than the limit is blocked with --yes or --max-removals;
otherwise a prompt requires the number of removals as confirmation.";

const WAIT_EXAMPLES: &str = "\
Examples:
  vitable-groups members wait grpmsr_1 --group grp_1
  vitable-groups members wait grpmsr_1 --wait-deadline 1h";

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Also check that each row's plan is one of the organization's; needs the API key
    #[arg(long)]
    pub(crate) check_plans: bool,
    #[command(flatten)]
    pub(crate) roster: RosterFile,
}

#[derive(Debug, Args)]
pub(crate) struct RosterFile {
    /// Roster file in CSV, JSON or JSON Lines; `-` reads standard input
    #[arg(value_name = "ROSTER")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) options: RosterOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Group ID, grp_...
    pub(crate) group: String,
    #[command(flatten)]
    pub(crate) roster: RosterFile,
    #[command(flatten)]
    pub(crate) guard: GuardOptions,
}

/// Options of the guard, which keeps a sync from removing people by accident.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Guard")]
pub(crate) struct GuardOptions {
    /// Compare with this roster, the last one sent to the group; it is read like ROSTER
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// Compare with an empty group; only for a group that was never synced, from anywhere
    #[arg(long)]
    pub(crate) first_sync: bool,
    /// Block the sync if it removes more members than this, a number or a percentage; 100% lifts
    /// the limit [default: 10% or 3 members, whichever is more]
    #[arg(long, value_name = "N|N%")]
    pub(crate) max_removals: Option<MaxRemovals>,
    /// Allow people to be removed and added again under a new reference ID
    #[arg(long)]
    pub(crate) allow_new_reference_ids: bool,
    /// Allow an empty roster, which removes everyone; --max-removals still applies
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

impl GuardOptions {
    /// Whether the guard blocks a roster for being empty.
    pub(crate) fn blocks_empty(&self, roster: &Roster) -> bool {
        roster.is_empty() && !self.allow_empty
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Sync {
    /// Group ID, grp_...
    #[arg(required_unless_present = "resume")]
    pub(crate) group: Option<String>,
    /// File with the complete roster in CSV, JSON or JSON Lines; `-` reads standard input
    #[arg(required_unless_present = "resume", conflicts_with = "resume")]
    pub(crate) roster: Option<PathBuf>,
    /// Skip the confirmation prompt
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Stop after the plan; sends nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Submit the roster without waiting for the outcome
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) no_wait: bool,
    /// Resume waiting for a request that was submitted earlier
    #[arg(long, value_name = "REQUEST", conflicts_with_all = ["dry_run", "no_wait"])]
    pub(crate) resume: Option<String>,
    /// Also check that each row's plan is one of the organization's
    #[arg(long)]
    pub(crate) check_plans: bool,
    #[command(flatten)]
    pub(crate) waiting: WaitOptions,
    #[command(flatten)]
    pub(crate) guard: GuardOptions,
    #[command(flatten)]
    pub(crate) options: RosterOptions,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct WaitOptions {
    /// Stop waiting for the outcome after this time, such as 30m; the sync keeps running
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    pub(crate) wait_deadline: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Request {
    /// Sync request ID, grpmsr_...
    pub(crate) request: String,
    /// Group ID, grp_...; not needed for syncs that were submitted from this machine
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WaitRequest {
    #[command(flatten)]
    pub(crate) request: Request,
    #[command(flatten)]
    pub(crate) waiting: WaitOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// Forget only this request, grpmsr_... [default: all unfinished syncs]
    pub(crate) request: Option<String>,
}
