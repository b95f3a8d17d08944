//! Tracks groups that a client created and has not submitted to, which are known to be empty.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use serde::Deserialize;
use url::Url;

use crate::call::Call;
use crate::operation;
use crate::transport::Transport;
use vitable_groups_model::Envelope;

/// The oldest groups beyond this number are dropped; they no longer count as empty.
const MAX_GROUPS: usize = 10_000;

/// Shared by a client and the clients derived from it.
#[derive(Debug, Default)]
pub(crate) struct CreatedGroups(Mutex<Groups>);

#[derive(Debug, Default)]
struct Groups {
    ids: HashMap<String, Group>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Group {
    /// Two servers can use the same ID.
    server: Server,
    state: GroupState,
}

/// What a client calls: two transports can lead to two servers with one URL.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) base_url: Url,
    pub(crate) transport: Weak<dyn Transport>,
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        self.base_url == other.base_url && self.transport.ptr_eq(&other.transport)
    }
}

#[derive(Debug)]
enum GroupState {
    Empty,
    /// A roster relies on the group being empty; the number of submissions started since.
    Claimed(u32),
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

impl CreatedGroups {
    fn groups(&self) -> MutexGuard<'_, Groups> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a call before it is sent: a group that it may submit to no longer counts as empty.
    pub(crate) fn before_call(&self, call: &Call) {
        let unrelated = [operation::GROUPS_CREATE.name, operation::GROUPS_UPDATE.name];
        if call.method == http::Method::GET || unrelated.contains(&&*call.name) {
            return;
        }
        let mut groups = self.groups();
        if call.name != operation::SYNC_SUBMIT.name {
            // A raw write can reach any group, as the same path can be encoded in many ways.
            return groups.ids.clear();
        }
        for segment in call.path.split('/') {
            match groups.ids.get_mut(segment).map(|group| &mut group.state) {
                Some(GroupState::Claimed(submissions)) => {
                    *submissions = submissions.saturating_add(1);
                }
                Some(GroupState::Empty) => drop(groups.ids.remove(segment)),
                None => {}
            }
        }
    }

    /// Tracks the group in the response to a create.
    pub(crate) fn after_call(&self, call: &Call, body: &Bytes, server: impl FnOnce() -> Server) {
        if call.name != operation::GROUPS_CREATE.name {
            return;
        }
        if let Ok(Envelope { data: Created { id } }) = serde_json::from_slice(body) {
            self.track(id, server());
        }
    }

    /// Claims a group that is known to be empty; `false` if it is not. Only one roster may rely on
    /// an empty group.
    pub(crate) fn claim(&self, group_id: &str, server: &Server) -> bool {
        match self.groups().ids.get_mut(group_id) {
            Some(Group { state: state @ GroupState::Empty, server: created_at })
                if created_at == server =>
            {
                *state = GroupState::Claimed(0);
                true
            }
            _ => false,
        }
    }

    /// Releases a claim that did not change the group: it is still empty, unless other calls have
    /// started submissions since.
    pub(crate) fn release(&self, group_id: &str, own_submissions: u32) {
        let mut groups = self.groups();
        match groups.ids.get_mut(group_id).map(|group| &mut group.state) {
            Some(state @ GroupState::Claimed(_)) => {
                if matches!(state, GroupState::Claimed(started) if *started <= own_submissions) {
                    *state = GroupState::Empty;
                } else {
                    groups.ids.remove(group_id);
                }
            }
            Some(GroupState::Empty) | None => {}
        }
    }

    /// Tracks a new group.
    fn track(&self, group_id: String, server: Server) {
        // Other IDs are percent-encoded in paths, where `before_call` would not find them.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if group_id.is_empty() || !group_id.bytes().all(plain) {
            return;
        }
        let mut groups = self.groups();
        let group = Group { server, state: GroupState::Empty };
        if groups.ids.insert(group_id.clone(), group).is_none() {
            groups.order.push_back(group_id);
        }
        if groups.order.len() > MAX_GROUPS
            && let Some(oldest) = groups.order.pop_front()
        {
            groups.ids.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::RequestOptions;
    use crate::testing::ScriptedTransport;

    fn created(id: &str) -> CreatedGroups {
        let groups = CreatedGroups::default();
        groups.track(id.to_owned(), server());
        groups
    }

    fn server_at(base_url: &str) -> Server {
        let transport: Weak<dyn Transport> = Weak::<ScriptedTransport>::new();
        Server { base_url: Url::parse(base_url).unwrap(), transport }
    }

    fn server() -> Server {
        server_at("https://api.example")
    }

    fn claim(groups: &CreatedGroups, id: &str) -> bool {
        groups.claim(id, &server())
    }

    fn submit(id: &str) -> Call {
        Call::new(&operation::SYNC_SUBMIT, &[id], RequestOptions::new()).unwrap()
    }

    #[test]
    fn another_submission_invalidates_the_claim() {
        let groups = created("g1");
        assert!(claim(&groups, "g1") && !claim(&groups, "g1"));
        groups.before_call(&submit("g1"));
        groups.release("g1", 0);
        assert!(!claim(&groups, "g1"));

        let groups = created("g1");
        assert!(claim(&groups, "g1"));
        groups.before_call(&submit("g1"));
        groups.before_call(&submit("g1"));
        groups.release("g1", 1);
        assert!(!claim(&groups, "g1"));
    }

    #[test]
    fn a_released_claim_leaves_the_group_empty() {
        let groups = created("g1");
        assert!(claim(&groups, "g1"));
        groups.release("g1", 0);
        assert!(claim(&groups, "g1"));
        groups.before_call(&submit("g1"));
        groups.before_call(&submit("g2"));
        groups.release("g1", 1);
        let update = Call::new(&operation::GROUPS_UPDATE, &["g1"], RequestOptions::new()).unwrap();
        groups.before_call(&update);
        assert!(claim(&groups, "g1"));
    }

    #[test]
    fn a_raw_write_invalidates_all_groups() {
        for path in ["/v1/groups/g%31/members/sync", "/v1/groups/g1/%6dembers/sync"] {
            let groups = created("g1");
            let call = Call::raw(http::Method::POST, path, RequestOptions::new()).unwrap();
            groups.before_call(&call);
            assert!(!claim(&groups, "g1"), "{path}");
        }
    }

    #[test]
    fn a_group_of_another_server_with_the_same_id_is_not_known() {
        let groups = created("g1");
        assert!(!groups.claim("g1", &server_at("https://other.example")));
        assert!(claim(&groups, "g1"));
    }
}
