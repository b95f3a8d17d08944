//! `members …`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use vitable_groups::roster::{MaxRemovals, Roster};

use super::global::duration;
use super::roster::CheckOptions;

#[derive(Debug, Subcommand)]
pub(crate) enum Members {
    /// Check a roster file and show everything that is wrong with it; sends nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Show what a sync would change; sends nothing
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(Plan),
    /// Sync a group to a roster file: check, plan, confirm, submit, wait, report
    #[command(after_help = SYNC_EXAMPLES)]
    Sync(Sync),
    /// Show how far a sync request is, without waiting
    Status(Request),
    /// Wait for a sync request and show its outcome
    #[command(after_help = WAIT_EXAMPLES)]
    Wait(WaitRequest),
    /// Stop reminders about unfinished syncs; sends nothing, and their rosters still count
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

The API cannot list the members of a group. The plan compares with --previous, or with the roster
that was last synced to this group from this machine. Without either there is no plan; for a group
that was never synced, pass --first-sync.";

const SYNC_EXAMPLES: &str = "\
Examples:
  vitable-groups members sync grp_1 roster.csv --first-sync                      # a new group
  vitable-groups members sync grp_1 roster.csv
  vitable-groups members sync grp_1 roster.csv --yes --max-removals 10 -o json   # in a nightly job
  vitable-groups members sync grp_1 roster.csv --dry-run
  vitable-groups members sync --resume grpmsr_1

The file is the complete roster: members who are not in it lose coverage. The file is compared with
--previous, or with what this machine sent last. If neither is known, nothing is sent. With --yes or
without a terminal, more removals than the limit are refused; on a terminal, type their number.";

const WAIT_EXAMPLES: &str = "\
Examples:
  vitable-groups members wait grpmsr_1 --group grp_1
  vitable-groups members wait grpmsr_1 --wait-deadline 1h";

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Also check the plans of the rows against those of the organization; needs the API key
    #[arg(long)]
    pub(crate) check_plans: bool,
    #[command(flatten)]
    pub(crate) roster: RosterFile,
}

#[derive(Debug, Args)]
pub(crate) struct RosterFile {
    /// The roster: CSV, JSON or JSON Lines; `-` is standard input
    #[arg(value_name = "ROSTER")]
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) options: CheckOptions,
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// The group's id, grp_...
    pub(crate) group: String,
    #[command(flatten)]
    pub(crate) roster: RosterFile,
    #[command(flatten)]
    pub(crate) guard: GuardOptions,
}

/// What keeps a sync from removing people by accident.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Guard")]
pub(crate) struct GuardOptions {
    /// Compare with this roster, the one that was sent to the group last; it is read like ROSTER
    #[arg(long, value_name = "FILE")]
    pub(crate) previous: Option<PathBuf>,
    /// State that the group was never synced from anywhere and holds nobody
    #[arg(long)]
    pub(crate) first_sync: bool,
    /// Refuse to remove more members than this, a number or a share [default: 10% or 3 members,
    /// whichever is more]; 100% lifts the limit
    #[arg(long, value_name = "N|N%")]
    pub(crate) max_removals: Option<MaxRemovals>,
    /// Allow people to be removed and added again under another reference ID
    #[arg(long)]
    pub(crate) allow_new_reference_ids: bool,
    /// Allow a roster without rows, which removes everyone; --max-removals still applies
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

impl GuardOptions {
    /// Whether a roster is empty and must not be.
    pub(crate) fn refuses(&self, roster: &Roster) -> bool {
        roster.is_empty() && !self.allow_empty
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Sync {
    /// The group's id, grp_...
    #[arg(required_unless_present = "resume")]
    pub(crate) group: Option<String>,
    /// The complete roster: CSV, JSON or JSON Lines; `-` is standard input
    #[arg(required_unless_present = "resume", conflicts_with = "resume")]
    pub(crate) roster: Option<PathBuf>,
    /// Do not ask before sending
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Stop after the plan; sends nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Submit, but do not wait for the outcome
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) no_wait: bool,
    /// Go on waiting for a request that was submitted before
    #[arg(long, value_name = "REQUEST", conflicts_with_all = ["dry_run", "no_wait"])]
    pub(crate) resume: Option<String>,
    /// Also check the plans of the rows against those of the organization
    #[arg(long)]
    pub(crate) check_plans: bool,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
    #[command(flatten)]
    pub(crate) guard: GuardOptions,
    #[command(flatten)]
    pub(crate) options: CheckOptions,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Waiting {
    /// How long to wait for the outcome, such as 30m; the sync goes on after that
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = duration)]
    pub(crate) wait_deadline: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Request {
    /// The sync request's id, grpmsr_...
    pub(crate) request: String,
    /// The group's id; not needed for syncs that were started on this machine
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WaitRequest {
    #[command(flatten)]
    pub(crate) request: Request,
    #[command(flatten)]
    pub(crate) waiting: Waiting,
}

#[derive(Debug, Args)]
pub(crate) struct Forget {
    /// Only the one of this request, grpmsr_...; without it, all of them
    pub(crate) request: Option<String>,
}
