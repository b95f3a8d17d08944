//! The `groups` resource: what takes more than one call. `methods` has the rest.

mod methods;

use super::Members;
use crate::call::RequestOptions;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::recovery::find_group;
use vitable_groups_model::{Group, GroupCreateParams};

/// The organization's groups.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let group = client.groups().retrieve("grp_1").await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Groups(Context);

impl Groups {
    pub(crate) fn new(context: Context) -> Self {
        Self(context)
    }

    /// The members of groups.
    pub fn members(&self) -> Members {
        Members::new(self.0.clone())
    }

    /// Finds a group by its external reference ID. Iterates over all pages, as the API has no
    /// dependable filter.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// if let Some(group) = client.groups().find_by_external_reference_id("tier-1").await? {
    ///     println!("{}", group.id);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn find_by_external_reference_id(
        &self,
        reference_id: &str,
    ) -> Result<Option<Group>, Error> {
        self.find_with(reference_id, RequestOptions::new()).await
    }

    /// Like [`find_by_external_reference_id`](Self::find_by_external_reference_id), with options.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn find_with(
        &self,
        reference_id: &str,
        options: RequestOptions,
    ) -> Result<Option<Group>, Error> {
        let deadline = self.0.deadline(&options);
        find_group(&self.0, reference_id, options, deadline).await
    }

    /// Gets the group with an external reference ID, or creates it. Concurrent calls get the same
    /// group.
    ///
    /// ```no_run
    /// use vitable_groups::model::GroupCreateParams;
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let group = client.groups().get_or_create(GroupCreateParams::new("tier-1", "Tier 1")).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`list`](Self::list) and [`create`](Self::create).
    pub async fn get_or_create(&self, params: GroupCreateParams) -> Result<Group, Error> {
        self.get_or_create_with(params, RequestOptions::new()).await.map(|(group, _)| group)
    }

    /// Like [`get_or_create`](Self::get_or_create), with options; also returns whether the group was
    /// created.
    ///
    /// # Errors
    /// As [`list`](Self::list) and [`create`](Self::create).
    pub async fn get_or_create_with(
        &self,
        params: GroupCreateParams,
        options: RequestOptions,
    ) -> Result<(Group, bool), Error> {
        let deadline = self.0.deadline(&options);
        let reference_id = params.external_reference_id.clone();
        if let Some(group) = find_group(&self.0, &reference_id, options.clone(), deadline).await? {
            return Ok((group, false));
        }
        match self.create(params).options(options.clone().until(deadline)).await {
            Ok(group) => Ok((group, true)),
            // Another client created the group after our lookup.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let unknown = error.outcome_unknown();
                let existing = find_group(&self.0, &reference_id, options, deadline)
                    .await
                    .map_err(|error| error.with_outcome_unknown(unknown))?;
                existing.map(|group| (group, false)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}
