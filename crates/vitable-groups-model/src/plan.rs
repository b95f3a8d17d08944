//! Care plans, which members refer to by `plan_id`.

use super::macros::model;

model! {
    /// A plan linked to the organization.
    ///
    /// ```
    /// use vitable_groups::model::Plan;
    ///
    /// let plan: Plan = serde_json::from_str(r#"{"id": "pln_1", "name": "Basic Care"}"#)?;
    /// assert_eq!(plan.name, "Basic Care");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Debug)]
    pub struct Plan {
        /// `pln_...`, opaque.
        id required: String,
        /// Human-readable name.
        name: String,
    }
}

/// Parameters of `plans().list`; plans are paginated like groups.
///
/// ```
/// let params = vitable_groups::model::PlanListParams::new().limit(100);
/// ```
pub type PlanListParams = super::group::GroupListParams;
