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

/// Applies the common options to a wait and runs it. Waits share setters, but not a type.
macro_rules! run_wait {
    ($wait:expr, $params:ident, $options:ident, $normal:expr) => {{
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&seen);
        let record = move |progress| sink.lock().unwrap().push(normal::progress(&progress));
        let mut wait = $wait.options($options).poll(poll($params.poll_ms)).on_progress(record);
        if let Some(deadline) = $params.deadline_ms {
            wait = wait.deadline(Duration::from_millis(deadline));
        }
        let outcome = Outcome::plain(wait.await.map($normal));
        let progress = seen.lock().unwrap().clone();
        Outcome { progress, ..outcome }
    }};
}

pub(crate) async fn run(
    sync: &MemberSyncs,
    call: &str,
    params: Value,
    options: RequestOptions,
) -> Result<Outcome, String> {
    Ok(match call {
        "groups.members.sync.wait" => {
            let params: Wait = parse(params)?;
            let handle = SyncHandle::new(params.group_id, params.request_id);
            run_wait!(sync.wait(handle), params, options, |state| state)
        }
        "groups.members.sync.submit_and_wait" => {
            let params: Submit = parse(params)?;
            let wait = sync.submit_and_wait(params.group_id, &params.members);
            run_wait!(wait, params, options, |state| state)
        }
        _ => {
            let params: Apply = parse(params)?;
            let roster = Roster::from_members(params.members);
            let mut apply = sync.apply(params.group_id, roster).guard(params.guard);
            if let Some(previous) = params.previous {
                apply = apply.previous(Roster::from_members(previous));
            }
            if params.first_sync {
                apply = apply.first_sync();
            }
            run_wait!(apply, params, options, |applied| {
                let after = applied.group_after.as_ref();
                json!({
                    "state": applied.state,
                    "outcome": applied.outcome,
                    "report": applied.report,
                    "group_after": after.map(|after| after.members().collect::<Vec<_>>()),
                })
            })
        }
    })
}
