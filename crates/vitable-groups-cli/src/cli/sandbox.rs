//! Arguments of `sandbox`.

use clap::Args;
use vitable_groups_sandbox::Options;

#[derive(Debug, Args)]
#[command(after_help = "\
The server holds only made-up data. Point any client at it:
  export VITABLE_CONNECT_BASE_URL=http://127.0.0.1:4010 VITABLE_CONNECT_API_KEY=anything
  vitable-groups plans list")]
pub(crate) struct Sandbox {
    #[command(flatten)]
    pub(crate) options: Options,
}
