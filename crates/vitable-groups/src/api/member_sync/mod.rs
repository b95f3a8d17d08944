//! The `groups.members.sync` resource: what takes more than one call, and submitting a roster.
//! `methods` has the rest.

mod apply;
mod methods;
pub(crate) mod poll;
mod submission;
mod wait;

use std::borrow::Borrow;
use std::sync::Arc;

use bytes::Bytes;

pub use apply::{Apply, ApplyResult};
pub use wait::{DEFAULT_WAIT_DEADLINE, SubmitAndWait, SyncProgress, Wait};

use super::Request;
use crate::context::Context;
use crate::error::SyncHandle;
use vitable_groups_model::{Member, SyncReceipt};
use vitable_groups_roster::Roster;

/// The members of groups. Only syncs change them.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) {
/// let sync = client.groups().members().sync();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Members(Context);

impl Members {
    pub(crate) fn new(context: Context) -> Self {
        Self(context)
    }

    /// Syncs, each of which replaces the complete roster.
    pub fn sync(&self) -> MemberSyncs {
        MemberSyncs(self.0.clone())
    }
}

/// Syncs of a group's members.
///
/// A sync **replaces the group's roster**: members missing from the new one lose coverage.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let sync = client.groups().members().sync();
/// let state = sync.retrieve("grpmsr_1", "grp_1").await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct MemberSyncs(Context);

impl MemberSyncs {
    /// Submits the complete roster of a group, without checks or a guard. The receipt confirms that
    /// it was accepted; the sync runs later.
    ///
    /// ```no_run
    /// use vitable_groups::model::{Address, Member};
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let address = Address::new("123 Main Street", "San Francisco", "CA", "94102");
    /// let roster = [Member::new("EMP-001", "Jane", "Doe", "1990-05-15", "pln_1", address)];
    /// let receipt = client.groups().members().sync().submit("grp_1", &roster).await?;
    /// println!("{}", receipt.request_id);
    /// # Ok(()) }
    /// ```
    pub fn submit<M: Borrow<Member>>(
        &self,
        group_id: impl Into<String>,
        members: impl IntoIterator<Item = M>,
    ) -> Request<SyncReceipt> {
        submission::submit(self.0.clone(), group_id.into(), submission::body(members))
    }

    /// Polls until a request has completed. Ending the wait does not end the sync: wait again with
    /// the same handle, from any process.
    ///
    /// ```no_run
    /// use vitable_groups::SyncHandle;
    ///
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let handle = SyncHandle::new("grp_1", "grpmsr_1");
    /// let state = client.groups().members().sync().wait(handle).await?;
    /// # Ok(()) }
    /// ```
    pub fn wait(&self, handle: impl Into<SyncHandle>) -> Wait {
        Wait::new(self.0.clone(), handle.into())
    }

    /// Submits the complete roster, without checks or a guard, and waits until the sync has
    /// completed.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use vitable_groups::model::Member;
    ///
    /// # async fn run(client: vitable_groups::Client, roster: Vec<Member>) -> Result<(), vitable_groups::Error> {
    /// let state = client
    ///     .groups()
    ///     .members()
    ///     .sync()
    ///     .submit_and_wait("grp_1", &roster)
    ///     .deadline(Duration::from_secs(120))
    ///     .on_progress(|progress| println!("{:?}", progress.elapsed))
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn submit_and_wait<M: Borrow<Member>>(
        &self,
        group_id: impl Into<String>,
        members: impl IntoIterator<Item = M>,
    ) -> SubmitAndWait {
        SubmitAndWait::new(self.0.clone(), group_id.into(), submission::body(members))
    }

    /// Like [`submit_and_wait`](Self::submit_and_wait), with a serialized JSON body; for bindings.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let body = br#"{"members": []}"#.to_vec();
    /// let sync = client.groups().members().sync();
    /// let state = sync.submit_json_and_wait("grp_1", body).await?;
    /// # Ok(()) }
    /// ```
    pub fn submit_json_and_wait(
        &self,
        group_id: impl Into<String>,
        body: impl Into<Bytes>,
    ) -> SubmitAndWait {
        SubmitAndWait::new(self.0.clone(), group_id.into(), Ok(body.into()))
    }

    /// Syncs a group to a roster: checks every row, compares the roster with the baseline, submits
    /// it, waits, and joins the results to the rows. Nothing is sent if a row has an error, if the
    /// baseline is unknown (set [`previous`](Apply::previous) or
    /// [`first_sync`](Apply::first_sync)), or if more members would be removed than the
    /// [`Guard`](crate::roster::Guard) allows.
    ///
    /// ```no_run
    /// use vitable_groups::roster::{Guard, Roster};
    ///
    /// # async fn run(client: vitable_groups::Client, last: Roster, roster: Roster) -> Result<(), Box<dyn std::error::Error>> {
    /// let sync = client.groups().members().sync();
    /// let guard = Guard::new().max_removals("5%".parse()?);
    /// let applied = sync.apply("grp_1", roster).previous(last).guard(guard).await?;
    /// for failure in &applied.outcome.failures {
    ///     println!("row {:?}: {}", failure.row, failure.reason);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// The result gives the roster back; pass an `Arc` to keep it where the call fails, too.
    pub fn apply(&self, group_id: impl Into<String>, roster: impl Into<Arc<Roster>>) -> Apply {
        Apply::new(self.0.clone(), group_id.into(), roster.into())
    }
}
