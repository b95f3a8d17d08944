//! The `plans` resource.

use crate::context::Context;
use crate::operation;
use crate::pagination::page::List;
use vitable_groups_model::Plan;

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

    /// Lists the plans.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// for plan in client.plans().list().limit(100).collect(1_000).await? {
    ///     println!("{} {}", plan.id, plan.name);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> List<Plan> {
        List::new(self.0.clone(), &operation::PLANS_LIST)
    }
}
