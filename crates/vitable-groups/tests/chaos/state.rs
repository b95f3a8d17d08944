//! The server's state against what the callers were told.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use vitable_groups_sandbox::RecordedRequest;

use super::worker::Told;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap()
}

pub(crate) fn compare(state: &Value, workers: &[Told]) {
    let mut ids: HashMap<&str, &str> = HashMap::new();
    let mut names: HashMap<&str, String> = HashMap::new();
    for group in state["groups"].as_array().unwrap() {
        let twin = ids.insert(text(group, "external_reference_id"), text(group, "id"));
        assert_eq!(twin, None, "two groups have one reference: {group}");
        names.insert(text(group, "id"), text(group, "name").to_owned());
    }
    let completed: BTreeSet<&str> = state["syncs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|sync| sync["completed_at"].is_string())
        .map(|sync| text(sync, "request_id"))
        .collect();

    for told in workers {
        for (reference, id) in &told.created {
            let found = ids.get(reference.as_str()).copied();
            assert_eq!(found, Some(id.as_str()), "{reference} was reported created");
        }
        for reference in &told.absent {
            let found = ids.get(reference.as_str());
            assert_eq!(found, None, "{reference} was reported as certainly not created");
        }
        let name = &names[told.group.as_str()];
        assert!(told.name.allows(name), "{name:?}, but told {:?}", told.name);
        let roster: BTreeSet<String> = state["members"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|member| text(member, "group_id") == told.group && member["active"] == true)
            .map(|member| text(member, "reference_id").to_owned())
            .collect();
        assert!(told.roster.allows(&roster), "{roster:?}, but told {:?}", told.roster);
        for request in &told.completed {
            assert!(completed.contains(request.as_str()), "{request} was reported completed");
        }
    }
}

/// The creates that were sent again although they had been done. One that a slow machine delivers
/// after its caller has looked for it is among them, and no client's fault.
pub(crate) fn replayed_creates(requests: &[RecordedRequest]) -> usize {
    let replayed = |request: &&RecordedRequest| {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let reference = body["external_reference_id"].as_str().unwrap_or_default();
        // Only one worker ever wants these.
        let own = reference.starts_with("new-") || reference.starts_with("own-");
        request.operation == Some("groups.create") && request.status == Some(409) && own
    };
    requests.iter().filter(replayed).count()
}
