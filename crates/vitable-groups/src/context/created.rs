//! The groups that a client created and has not submitted to: they are known to be empty.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::Deserialize;
use url::Url;

use crate::call::Call;
use crate::operation;
use vitable_groups_model::Envelope;

/// More are forgotten, oldest first; what is forgotten is not known to be empty.
const REMEMBERED: usize = 10_000;

/// Shared by a client and those derived from it.
#[derive(Debug, Default)]
pub(crate) struct CreatedGroups(Mutex<Groups>);

#[derive(Debug, Default)]
struct Groups {
    ids: HashMap<String, Group>,
    order: VecDeque<String>,
}

#[derive(Debug)]
struct Group {
    /// Two servers can use the same id.
    base_url: Url,
    known: Known,
}

#[derive(Debug)]
enum Known {
    Empty,
    /// One roster relies on it. So many submissions were begun since.
    Taken(u32),
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

impl CreatedGroups {
    fn groups(&self) -> MutexGuard<'_, Groups> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Once anything may be sent to a group's roster, the group is not known to be empty.
    pub(crate) fn before(&self, call: &Call) {
        let harmless = [operation::GROUPS_CREATE.name, operation::GROUPS_UPDATE.name];
        if call.method == http::Method::GET || harmless.contains(&&*call.name) {
            return;
        }
        let mut groups = self.groups();
        if call.name != operation::SYNC_SUBMIT.name {
            // A path can be written in many ways: a write of the caller's own may be to any group.
            return groups.ids.clear();
        }
        for segment in call.path.split('/') {
            match groups.ids.get_mut(segment).map(|group| &mut group.known) {
                Some(Known::Taken(submissions)) => *submissions = submissions.saturating_add(1),
                Some(Known::Empty) => drop(groups.ids.remove(segment)),
                None => {}
            }
        }
    }

    /// Remembers what a create brought back.
    pub(crate) fn after(&self, call: &Call, body: &Bytes, base_url: &Url) {
        if call.name != operation::GROUPS_CREATE.name {
            return;
        }
        if let Ok(Envelope { data: Created { id } }) = serde_json::from_slice(body) {
            self.remember(id, base_url);
        }
    }

    /// Whether a group is known to be empty. Says so once, as only one roster may rely on it.
    pub(crate) fn take(&self, group_id: &str, base_url: &Url) -> bool {
        match self.groups().ids.get_mut(group_id) {
            Some(group) if matches!(group.known, Known::Empty) && group.base_url == *base_url => {
                group.known = Known::Taken(0);
                true
            }
            _ => false,
        }
    }

    /// Ends a `take` without a change of the group: it is as empty as before, unless more
    /// submissions were begun meanwhile than the taker's own.
    pub(crate) fn restore(&self, group_id: &str, own_submissions: u32) {
        let mut groups = self.groups();
        match groups.ids.get_mut(group_id).map(|group| &mut group.known) {
            Some(known @ Known::Taken(_)) => {
                if matches!(known, Known::Taken(begun) if *begun <= own_submissions) {
                    *known = Known::Empty;
                } else {
                    groups.ids.remove(group_id);
                }
            }
            Some(Known::Empty) | None => {}
        }
    }

    /// Remembers a group that nothing was sent to.
    fn remember(&self, group_id: String, base_url: &Url) {
        // Other ids are percent-encoded in paths, where `before` would not find them.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if group_id.is_empty() || !group_id.bytes().all(plain) {
            return;
        }
        let mut groups = self.groups();
        let group = Group { base_url: base_url.clone(), known: Known::Empty };
        if groups.ids.insert(group_id.clone(), group).is_none() {
            groups.order.push_back(group_id);
        }
        if groups.order.len() > REMEMBERED
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

    fn created(id: &str) -> CreatedGroups {
        let groups = CreatedGroups::default();
        groups.remember(id.to_owned(), &server());
        groups
    }

    fn server() -> Url {
        Url::parse("https://api.example").unwrap()
    }

    fn take(groups: &CreatedGroups, id: &str) -> bool {
        groups.take(id, &server())
    }

    fn submit(id: &str) -> Call {
        Call::new(&operation::SYNC_SUBMIT, &[id], RequestOptions::new()).unwrap()
    }

    #[test]
    fn a_submission_beside_the_one_that_relies_on_it_is_not_overlooked() {
        let groups = created("g1");
        assert!(take(&groups, "g1") && !take(&groups, "g1"));
        groups.before(&submit("g1"));
        groups.restore("g1", 0);
        assert!(!take(&groups, "g1"));

        let groups = created("g1");
        assert!(take(&groups, "g1"));
        groups.before(&submit("g1"));
        groups.before(&submit("g1"));
        groups.restore("g1", 1);
        assert!(!take(&groups, "g1"));
    }

    #[test]
    fn what_changed_nothing_leaves_a_group_known() {
        let groups = created("g1");
        assert!(take(&groups, "g1"));
        groups.restore("g1", 0);
        assert!(take(&groups, "g1"));
        groups.before(&submit("g1"));
        groups.before(&submit("g2"));
        groups.restore("g1", 1);
        let update = Call::new(&operation::GROUPS_UPDATE, &["g1"], RequestOptions::new()).unwrap();
        groups.before(&update);
        assert!(take(&groups, "g1"));
    }

    #[test]
    fn a_write_of_the_callers_own_may_be_to_any_group() {
        for path in ["/v1/groups/g%31/members/sync", "/v1/groups/g1/%6dembers/sync"] {
            let groups = created("g1");
            let call = Call::raw(http::Method::POST, path, RequestOptions::new()).unwrap();
            groups.before(&call);
            assert!(!take(&groups, "g1"), "{path}");
        }
    }

    #[test]
    fn a_group_of_another_server_with_the_same_id_is_not_known() {
        let groups = created("g1");
        assert!(!groups.take("g1", &Url::parse("https://other.example").unwrap()));
        assert!(take(&groups, "g1"));
    }
}
