//! The groups that a client created and has not submitted to: they are known to be empty.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde::Deserialize;

use crate::call::Call;
use crate::model::Envelope;
use crate::operation;

/// More are forgotten, oldest first; what is forgotten is not known to be empty.
const REMEMBERED: usize = 10_000;

/// Shared by a client and those derived from it.
#[derive(Debug, Default)]
pub(crate) struct CreatedGroups(Mutex<Groups>);

#[derive(Debug, Default)]
struct Groups {
    ids: HashSet<String>,
    order: VecDeque<String>,
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
        let segments = || call.path.split('/');
        if call.method == http::Method::GET || !segments().any(|segment| segment == "members") {
            return;
        }
        let mut groups = self.groups();
        for segment in segments() {
            groups.ids.remove(segment);
        }
    }

    /// Remembers what a create brought back.
    pub(crate) fn after(&self, call: &Call, body: &Bytes) {
        if call.name != operation::GROUPS_CREATE.name {
            return;
        }
        if let Ok(Envelope { data: Created { id } }) = serde_json::from_slice(body) {
            self.remember(id);
        }
    }

    /// Whether a group is known to be empty. Says so once, as only one roster may rely on it.
    pub(crate) fn take(&self, group_id: &str) -> bool {
        self.groups().ids.remove(group_id)
    }

    /// Remembers a group that nothing was sent to.
    pub(crate) fn remember(&self, group_id: String) {
        // Other ids are percent-encoded in paths, where `before` would not find them.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if group_id.is_empty() || !group_id.bytes().all(plain) {
            return;
        }
        let mut groups = self.groups();
        if groups.ids.insert(group_id.clone()) {
            groups.order.push_back(group_id);
        }
        if groups.order.len() > REMEMBERED
            && let Some(oldest) = groups.order.pop_front()
        {
            groups.ids.remove(&oldest);
        }
    }
}
