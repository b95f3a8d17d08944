//! `groups.members.sync`.

use std::borrow::Borrow;

use bytes::Bytes;
use serde_json::Value;

use crate::call::Call;
use crate::client::Client;
use crate::model::{Member, SyncReceipt, SyncState};
use crate::request::Request;
use crate::wait::{SubmitAndWait, SyncHandle, Wait};
use crate::{Error, ErrorKind, operation};

/// The members of groups. They are changed by syncs only.
#[derive(Clone, Debug)]
pub struct Members(Client);

impl Members {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Syncs: complete rosters, replaced as a whole.
    pub fn sync(&self) -> Sync {
        Sync(self.0.clone())
    }
}

/// Syncs of a group's members.
///
/// A sync **replaces the roster**: whoever is not in it loses the subscription.
#[derive(Clone, Debug)]
pub struct Sync(Client);

impl Sync {
    /// Submits the complete roster of a group, as it is: nothing is checked or guarded here. The
    /// receipt says that it was accepted; the work is done later.
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
        self.submit_body(group_id.into(), members_body(members))
    }

    pub(crate) fn submit_body(
        &self,
        group_id: String,
        body: Result<Bytes, Error>,
    ) -> Request<SyncReceipt> {
        Request::enveloped(self.0.clone(), move |options| {
            let extras = !options.body.is_empty();
            let call = Call::new(&operation::SYNC_SUBMIT, &[&group_id], options)?;
            if extras {
                let body: Value = serde_json::from_slice(&body?).map_err(|error| {
                    Error::new(ErrorKind::Internal, "the roster cannot be read back")
                        .with_source(error)
                })?;
                return call.with_json(&body);
            }
            Ok(call.with_body(body?))
        })
    }

    /// Reads what became of a request.
    ///
    /// ```no_run
    /// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
    /// let state = client.groups().members().sync().retrieve("grpmsr_1", "grp_1").await?;
    /// println!("{}", state.is_completed());
    /// # Ok(()) }
    /// ```
    pub fn retrieve(
        &self,
        request_id: impl Into<String>,
        group_id: impl Into<String>,
    ) -> Request<SyncState> {
        let (request_id, group_id) = (request_id.into(), group_id.into());
        Request::enveloped(self.0.clone(), move |options| {
            Call::new(&operation::SYNC_RETRIEVE, &[&group_id, &request_id], options)
        })
    }

    /// Waits until a request is done, by polling. Ending the wait does not end the sync: wait again
    /// with the same handle, from any process.
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

    /// Submits the complete roster and waits until it is done. Nothing is checked or guarded here.
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
        SubmitAndWait::new(self.0.clone(), group_id.into(), members_body(members))
    }

    /// [`submit_and_wait`](Self::submit_and_wait) with a body that is JSON already, as bindings
    /// have it: `{"members": [...]}`.
    pub fn submit_json_and_wait(
        &self,
        group_id: impl Into<String>,
        body: impl Into<Bytes>,
    ) -> SubmitAndWait {
        SubmitAndWait::new(self.0.clone(), group_id.into(), Ok(body.into()))
    }
}

/// Writes the members straight into the body, without a copy of the roster in between.
fn members_body<M: Borrow<Member>>(members: impl IntoIterator<Item = M>) -> Result<Bytes, Error> {
    let mut body = br#"{"members":["#.to_vec();
    for (index, member) in members.into_iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        serde_json::to_writer(&mut body, member.borrow()).map_err(|error| {
            let message = format!("members[{index}] cannot be written as JSON");
            Error::new(ErrorKind::InvalidArgument, message).with_source(error)
        })?;
    }
    body.extend_from_slice(b"]}");
    Ok(body.into())
}
