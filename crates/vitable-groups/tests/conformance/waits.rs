//! Steps that wait for a sync.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use vitable_groups::model::Member;
use vitable_groups::resources::MemberSyncs;
use vitable_groups::roster::{Guard, Roster};
use vitable_groups::{RequestOptions, SyncHandle};

use crate::call::{Outcome, parse};
use crate::normal;
use crate::options::poll;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    group_id: String,
    request_id: String,
    deadline_ms: Option<u64>,
    poll_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submit {
    group_id: String,
    members: Vec<Member>,
    deadline_ms: Option<u64>,
    poll_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Apply {
    group_id: String,
    members: Vec<Member>,
    previous: Option<Vec<Member>>,
    #[serde(default)]
    first_sync: bool,
    #[serde(default)]
    guard: Guard,
    deadline_ms: Option<u64>,
    poll_ms: Option<u64>,
}

/// Awaits one of the waits with what they have in common; they share setters, not a type.
macro_rules! watch {
    ($wait:expr, $given:ident, $options:ident, $normal:expr) => {{
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        let tell = move |progress| told.lock().unwrap().push(normal::progress(&progress));
        let mut wait = $wait.options($options).poll(poll($given.poll_ms)).on_progress(tell);
        if let Some(deadline) = $given.deadline_ms {
            wait = wait.deadline(Duration::from_millis(deadline));
        }
        let outcome = Outcome::plain(wait.await.map($normal));
        let progress = seen.lock().unwrap().clone();
        Outcome { progress, ..outcome }
    }};
}

pub(crate) async fn play(
    sync: &MemberSyncs,
    call: &str,
    params: Value,
    options: RequestOptions,
) -> Result<Outcome, String> {
    Ok(match call {
        "groups.members.sync.wait" => {
            let given: Wait = parse(params)?;
            let handle = SyncHandle::new(given.group_id, given.request_id);
            watch!(sync.wait(handle), given, options, |state| state)
        }
        "groups.members.sync.submit_and_wait" => {
            let given: Submit = parse(params)?;
            let wait = sync.submit_and_wait(given.group_id, &given.members);
            watch!(wait, given, options, |state| state)
        }
        _ => {
            let given: Apply = parse(params)?;
            let roster = Roster::from_members(given.members);
            let mut apply = sync.apply(given.group_id, roster).guard(given.guard);
            if let Some(previous) = given.previous {
                apply = apply.previous(Roster::from_members(previous));
            }
            if given.first_sync {
                apply = apply.first_sync();
            }
            watch!(apply, given, options, |done| {
                let after = done.group_after.as_ref();
                json!({
                    "state": done.state,
                    "outcome": done.outcome,
                    "report": done.report,
                    "group_after": after.map(|after| after.members().collect::<Vec<_>>()),
                })
            })
        }
    })
}
