//! Arguments of `groups …`.

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Groups {
    /// List the organization's groups
    List(ListOptions),
    /// Show a group
    Get(Get),
    /// Find a group by your reference ID
    Find(Find),
    /// Create a group
    #[command(after_help = "Example:\n  vitable-groups groups create tier-1 --name 'Tier 1'")]
    Create(Create),
    /// Change the name or the reference ID of a group
    Update(Update),
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Stop after this many items
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Request this many items per page, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) page_size: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// Group ID, grp_...
    pub(crate) group: String,
}

#[derive(Debug, Args)]
pub(crate) struct Find {
    /// Your reference ID for the group
    pub(crate) reference: String,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Your reference ID for the group, unique in the organization, 1 to 255 characters
    pub(crate) reference: String,
    /// Name the group, in 1 to 255 characters
    #[arg(long)]
    pub(crate) name: String,
    /// Show the existing group instead of failing if the reference ID is in use
    #[arg(long)]
    pub(crate) if_missing: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Group ID, grp_...
    pub(crate) group: String,
    /// Change the name to this
    #[arg(long, required_unless_present = "reference")]
    pub(crate) name: Option<String>,
    /// Change the reference ID to this
    #[arg(long)]
    pub(crate) reference: Option<String>,
}
