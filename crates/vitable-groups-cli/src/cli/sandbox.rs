//! `sandbox`

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
The server holds made-up data only. Point any client at it:
  export VITABLE_CONNECT_BASE_URL=http://127.0.0.1:4010 VITABLE_CONNECT_API_KEY=anything
  vitable-groups plans list")]
pub(crate) struct Sandbox {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    pub(crate) port: u16,
    /// Name or address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Keep the data in this file instead of in memory
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    /// Accept this made-up key, for the default organization or the one named; may be repeated.
    /// Without any, every key is accepted
    #[arg(long = "key", value_name = "KEY[=ORG]")]
    pub(crate) keys: Vec<String>,
    /// How long a sync takes: 500ms, 2s, or never
    #[arg(long, value_name = "TIME", default_value = "0")]
    pub(crate) sync_delay: String,
    /// Start with the data of this JSON file
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Make ids come in the same order on every run
    #[arg(long, value_name = "NUMBER")]
    pub(crate) random_seed: Option<u64>,
}
