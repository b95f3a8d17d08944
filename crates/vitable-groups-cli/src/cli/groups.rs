//! `groups …`

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum Groups {
    /// List the groups of the organization
    List(ListOptions),
    /// Show one group
    Get(Get),
    /// Find the group that has a reference of yours
    Find(Find),
    /// Create a group
    #[command(after_help = "Example:\n  vitable-groups groups create tier-1 --name 'Tier 1'")]
    Create(Create),
    /// Change the name or the reference of a group
    Update(Update),
}

#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    /// Stop after this many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// How many are asked for in one request, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) page_size: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The group's id, grp_...
    pub(crate) group: String,
}

#[derive(Debug, Args)]
pub(crate) struct Find {
    /// Your own reference of the group
    pub(crate) reference: String,
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// Your own reference of the group, unique in the organization; 1 to 255 characters
    pub(crate) reference: String,
    /// The name; 1 to 255 characters
    #[arg(long)]
    pub(crate) name: String,
    /// If there is a group with this reference, show it instead of failing
    #[arg(long)]
    pub(crate) if_missing: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// The group's id, grp_...
    pub(crate) group: String,
    /// A new name
    #[arg(long, required_unless_present = "reference")]
    pub(crate) name: Option<String>,
    /// A new reference
    #[arg(long)]
    pub(crate) reference: Option<String>,
}
