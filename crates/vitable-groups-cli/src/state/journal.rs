//! The journal: one line per event of a sync, only ever added to.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vitable_groups::{Clock as _, SystemClock};

use super::SyncId;
use super::files::Files;
use crate::exit::Failure;
use crate::output::value;

const NAME: &str = "journal.jsonl";

/// What is known before a sync is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) base_url: String,
    pub(crate) group_id: String,
    /// The roster's file name.
    pub(crate) file: String,
    pub(crate) rows: usize,
    /// Tells rosters apart without telling what is in them.
    pub(crate) fingerprint: String,
}

/// How a sync ended, as far as this machine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// Done, and its outcome was read.
    Completed,
    /// The server did not take it.
    Refused,
    /// A later sync of the group replaced it before its outcome was read.
    Superseded,
    /// Somebody does not want to be reminded of it.
    Forgotten,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    /// About to be sent.
    Intent(Start),
    Accepted {
        request_id: String,
    },
    Ended {
        ending: Ending,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: String,
    sync: SyncId,
    #[serde(flatten)]
    event: Event,
}

/// A sync, put together from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Journalled {
    pub(crate) sync: SyncId,
    pub(crate) at: String,
    pub(crate) start: Start,
    /// None: it is not known whether the server took it.
    pub(crate) request_id: Option<String>,
    pub(crate) ending: Option<Ending>,
}

impl Journalled {
    /// A sync that is about to be sent.
    pub(super) fn new(start: Start) -> Self {
        let sync = format!("{:032x}", fastrand::u128(..));
        Self { sync, at: now(), start, request_id: None, ending: None }
    }
}

pub(super) fn begin(files: &Files, entry: &Journalled) -> Result<(), Failure> {
    add(files, &entry.sync, Event::Intent(entry.start.clone()))
}

pub(super) fn accepted(files: &Files, sync: &str, request: &str) -> Result<(), Failure> {
    add(files, sync, Event::Accepted { request_id: request.to_owned() })
}

/// Ends a sync. A completed one also ends the group's earlier ones: syncs of a group are done in
/// the order in which they were accepted.
pub(super) fn end(files: &Files, sync: &str, ending: Ending) -> Result<(), Failure> {
    if ending == Ending::Completed {
        let entries = read(files)?;
        let same_group = entries.iter().find(|entry| entry.sync == sync).map(|entry| &entry.start);
        let earlier = entries.iter().take_while(|entry| entry.sync != sync).filter(|entry| {
            let group = |start: &Start| (start.base_url.clone(), start.group_id.clone());
            entry.ending.is_none() && same_group.map(group) == Some(group(&entry.start))
        });
        for entry in earlier {
            add(files, &entry.sync, Event::Ended { ending: Ending::Superseded })?;
            files.remove(&super::pending(&entry.sync))?;
        }
    }
    add(files, sync, Event::Ended { ending })
}

fn add(files: &Files, sync: &str, event: Event) -> Result<(), Failure> {
    let line = Line { at: now(), sync: sync.to_owned(), event };
    files.append(NAME, &value(&line).to_string())
}

fn now() -> String {
    SystemClock.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Every sync, oldest first. Lines that cannot be read, such as one cut by a kill, are left out.
pub(super) fn read(files: &Files) -> Result<Vec<Journalled>, Failure> {
    let text = files.read(NAME)?.unwrap_or_default();
    let mut entries: Vec<Journalled> = Vec::new();
    let mut places: HashMap<SyncId, usize> = HashMap::new();
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(line) = serde_json::from_slice::<Line>(line) else { continue };
        match line.event {
            Event::Intent(start) => {
                places.insert(line.sync.clone(), entries.len());
                entries.push(Journalled {
                    sync: line.sync,
                    at: line.at,
                    start,
                    request_id: None,
                    ending: None,
                });
            }
            event => {
                let entry = places.get(&line.sync).and_then(|place| entries.get_mut(*place));
                match (entry, event) {
                    (Some(entry), Event::Accepted { request_id }) => {
                        entry.request_id = Some(request_id);
                    }
                    (Some(entry), Event::Ended { ending }) => entry.ending = Some(ending),
                    _ => {}
                }
            }
        }
    }
    Ok(entries)
}
