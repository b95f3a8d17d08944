//! The journal: an append-only file with one line per event of a sync.
//!
//! A damaged line may hide a sync that was sent. For each group, it counts until a later sync of the
//! group completes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vitable_groups::{Clock as _, SystemClock};

use super::files::Files;
use super::{SyncId, group_name};
use crate::exit::Failure;
use crate::output::value;

pub(super) const NAME: &str = "journal.jsonl";

/// What is recorded before a sync is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) base_url: String,
    pub(crate) group_id: String,
    /// The roster's file name.
    pub(crate) file: String,
    pub(crate) rows: usize,
    /// Identifies the roster without revealing its content.
    pub(crate) fingerprint: String,
}

/// How a sync ended, as recorded on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// It completed, and its outcome is known.
    Completed,
    /// The server did not accept it.
    Rejected,
    /// A later sync of the group completed before its outcome was read.
    Superseded,
    /// The user stopped its reminders. It is still unsettled, so its roster still counts.
    Forgotten,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    /// It is about to be sent.
    Intent(Start),
    Accepted {
        request_id: String,
        /// Whether it was sent more than once.
        repeated: bool,
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

/// A sync, assembled from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JournalEntry {
    pub(crate) sync: SyncId,
    pub(crate) at: String,
    pub(crate) start: Start,
    /// None if it is unknown whether the server accepted it.
    pub(crate) request_id: Option<String>,
    /// Whether it was sent more than once.
    pub(crate) repeated: bool,
    pub(crate) ending: Option<Ending>,
}

impl JournalEntry {
    /// The entry of a sync that is about to be sent.
    pub(super) fn new(start: Start) -> Result<Self, Failure> {
        let sync = vitable_groups::binding::random_id()?;
        Ok(Self { sync, at: now(), start, request_id: None, repeated: false, ending: None })
    }

    /// The group's name in file names.
    pub(super) fn group(&self) -> String {
        group_name(&self.start.base_url, &self.start.group_id)
    }

    /// How long ago it was sent, such as `3 hours ago`.
    pub(crate) fn age(&self) -> String {
        let Ok(at) = self.at.parse::<jiff::Timestamp>() else { return self.at.clone() };
        let minutes = SystemClock.wall().duration_since(at).as_mins().max(0);
        let ago = |number: i64, unit: &str| {
            let s = if number == 1 { "" } else { "s" };
            format!("{number} {unit}{s} ago")
        };
        match minutes {
            0 => "less than a minute ago".to_owned(),
            1..60 => ago(minutes, "minute"),
            60..2880 => ago(minutes / 60, "hour"),
            _ => ago(minutes / 1440, "day"),
        }
    }
}

pub(super) fn begin(files: &Files, entry: &JournalEntry) -> Result<(), Failure> {
    add(files, &entry.sync, Event::Intent(entry.start.clone()))
}

pub(super) fn accepted(files: &Files, entry: &JournalEntry, request: &str) -> Result<(), Failure> {
    let event = Event::Accepted { request_id: request.to_owned(), repeated: entry.repeated };
    add(files, &entry.sync, event)
}

/// Records the end of a sync. A completed one supersedes the group's earlier ones, since the server
/// processes the syncs of a group in order.
pub(super) fn end(files: &Files, entry: &JournalEntry, ending: Ending) -> Result<(), Failure> {
    if ending == Ending::Completed {
        let entries = read(files)?.entries;
        let earlier = entries.iter().take_while(|other| other.sync != entry.sync);
        let group = entry.group();
        for other in earlier.filter(|other| other.ending.is_none() && other.group() == group) {
            add(files, &other.sync, Event::Ended { ending: Ending::Superseded })?;
        }
    }
    add(files, &entry.sync, Event::Ended { ending })
}

fn add(files: &Files, sync: &str, event: Event) -> Result<(), Failure> {
    let line = Line { at: now(), sync: sync.to_owned(), event };
    files.append(NAME, &value(&line).to_string())
}

fn now() -> String {
    SystemClock.wall().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The contents of the journal.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Every sync, oldest first.
    pub(super) entries: Vec<JournalEntry>,
    damage: Vec<Damage>,
}

/// A damaged line.
#[derive(Debug)]
struct Damage {
    line: usize,
    /// The number of syncs that began before it.
    index: usize,
}

impl Journal {
    /// The syncs of a group that are not settled, oldest first: those after the last completed one
    /// that the server may have accepted.
    pub(super) fn unsettled(&self, group: &str) -> Vec<JournalEntry> {
        let later = self.entries.iter().skip(self.last_completed(group).map_or(0, |last| last + 1));
        let open = |entry: &&JournalEntry| matches!(entry.ending, None | Some(Ending::Forgotten));
        later.filter(|entry| entry.group() == group).filter(open).cloned().collect()
    }

    /// The index of the last completed sync of a group.
    pub(super) fn last_completed(&self, group: &str) -> Option<usize> {
        let completed = |entry: &JournalEntry| {
            entry.ending == Some(Ending::Completed) && entry.group() == group
        };
        self.entries.iter().rposition(completed)
    }

    /// The number of a damaged line that may hide an unsettled sync of the group.
    pub(super) fn damage(&self, group: &str) -> Option<usize> {
        let settled = self.last_completed(group);
        let matters = |damage: &&Damage| settled.is_none_or(|settled| settled < damage.index);
        self.damage.iter().find(matters).map(|damage| damage.line)
    }

    fn add(&mut self, line: Line, indices: &mut HashMap<SyncId, usize>) -> Option<()> {
        if let Event::Intent(start) = line.event {
            indices.insert(line.sync.clone(), self.entries.len());
            let (sync, at) = (line.sync, line.at);
            let entry =
                JournalEntry { sync, at, start, request_id: None, repeated: false, ending: None };
            self.entries.push(entry);
            return Some(());
        }
        let entry = indices.get(&line.sync).and_then(|index| self.entries.get_mut(*index))?;
        match line.event {
            Event::Accepted { request_id, repeated } => {
                (entry.request_id, entry.repeated) = (Some(request_id), repeated);
            }
            Event::Ended { ending } => entry.ending = Some(ending),
            Event::Intent(_) => {}
        }
        Some(())
    }
}

/// Reads the journal. A partial last line is not damage: its writer was killed before acting on it.
pub(super) fn read(files: &Files) -> Result<Journal, Failure> {
    let text = files.read(NAME)?.unwrap_or_default();
    let mut journal = Journal::default();
    let mut indices = HashMap::new();
    for (index, text) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let is_complete = text.ends_with(b"\n");
        let line = serde_json::from_slice::<Line>(text).ok();
        let understood = line.and_then(|line| journal.add(line, &mut indices)).is_some();
        if is_complete && !understood {
            journal.damage.push(Damage { line: index + 1, index: journal.entries.len() });
        }
    }
    Ok(journal)
}
