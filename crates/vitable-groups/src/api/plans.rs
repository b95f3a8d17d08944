//! The `plans` resource.

mod methods;

use crate::context::Context;

/// The organization's plans, which members refer to by `plan_id`.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let page = client.plans().list().await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Plans(Context);

impl Plans {
    pub(crate) fn new(context: Context) -> Self {
        Self(context)
    }
}
