//! The journal: one line per event of a sync, only ever added to.
//!
//! A line that cannot be read may be a sync that was sent. It matters to every group until a sync
//! of that group that began after it is completed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use vitable_groups::{Clock as _, SystemClock};

use super::files::Files;
use super::{SyncId, group_name};
use crate::exit::Failure;
use crate::output::value;

pub(super) const NAME: &str = "journal.jsonl";

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
    /// Done, and its outcome is known.
    Completed,
    /// The server did not take it.
    Refused,
    /// A later sync of the group replaced it before its outcome was read.
    Superseded,
    /// Somebody does not want to be reminded of it. What the group holds is as uncertain as before.
    Forgotten,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    /// About to be sent.
    Intent(Start),
    Accepted {
        request_id: String,
        /// It was sent more than once.
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

/// A sync, put together from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Journalled {
    pub(crate) sync: SyncId,
    pub(crate) at: String,
    pub(crate) start: Start,
    /// None: it is not known whether the server took it.
    pub(crate) request_id: Option<String>,
    /// It was sent more than once.
    pub(crate) repeated: bool,
    pub(crate) ending: Option<Ending>,
}

impl Journalled {
    /// A sync that is about to be sent.
    pub(super) fn new(start: Start) -> Result<Self, Failure> {
        let sync = vitable_groups::binding::random_id()?;
        Ok(Self { sync, at: now(), start, request_id: None, repeated: false, ending: None })
    }

    /// Names its group in files.
    pub(super) fn group(&self) -> String {
        group_name(&self.start.base_url, &self.start.group_id)
    }

    /// How long ago it was sent.
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

pub(super) fn begin(files: &Files, entry: &Journalled) -> Result<(), Failure> {
    add(files, &entry.sync, Event::Intent(entry.start.clone()))
}

pub(super) fn accepted(files: &Files, entry: &Journalled, request: &str) -> Result<(), Failure> {
    let event = Event::Accepted { request_id: request.to_owned(), repeated: entry.repeated };
    add(files, &entry.sync, event)
}

/// Ends a sync. A completed one also ends the group's earlier ones: syncs of a group are done in
/// the order in which they were accepted.
pub(super) fn end(files: &Files, entry: &Journalled, ending: Ending) -> Result<(), Failure> {
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

/// What the journal says.
#[derive(Debug, Default)]
pub(super) struct Journal {
    /// Every sync, oldest first.
    pub(super) entries: Vec<Journalled>,
    damage: Vec<Damage>,
}

/// A line that cannot be read.
#[derive(Debug)]
struct Damage {
    line: usize,
    /// How many syncs began before it.
    place: usize,
}

impl Journal {
    /// The syncs of a group that it may hold the roster of, oldest first: those after the last one
    /// that is known to be completed.
    pub(super) fn unsettled(&self, group: &str) -> Vec<Journalled> {
        let later = self.entries.iter().skip(self.last_completed(group).map_or(0, |last| last + 1));
        let open = |entry: &&Journalled| matches!(entry.ending, None | Some(Ending::Forgotten));
        later.filter(|entry| entry.group() == group).filter(open).cloned().collect()
    }

    /// Whether a sync of a group was seen to be completed.
    pub(super) fn last_completed(&self, group: &str) -> Option<usize> {
        let completed =
            |entry: &Journalled| entry.ending == Some(Ending::Completed) && entry.group() == group;
        self.entries.iter().rposition(completed)
    }

    /// A line that cannot be read and may be a sync that the group holds the roster of.
    pub(super) fn damage(&self, group: &str) -> Option<usize> {
        let settled = self.last_completed(group);
        let matters = |damage: &&Damage| settled.is_none_or(|settled| settled < damage.place);
        self.damage.iter().find(matters).map(|damage| damage.line)
    }

    fn add(&mut self, line: Line, places: &mut HashMap<SyncId, usize>) -> Option<()> {
        if let Event::Intent(start) = line.event {
            places.insert(line.sync.clone(), self.entries.len());
            let (sync, at) = (line.sync, line.at);
            let entry =
                Journalled { sync, at, start, request_id: None, repeated: false, ending: None };
            self.entries.push(entry);
            return Some(());
        }
        let entry = places.get(&line.sync).and_then(|place| self.entries.get_mut(*place))?;
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

/// Reads the journal. Of the very last line a kill may have written a part only; nothing was done
/// yet that it would have told of.
pub(super) fn read(files: &Files) -> Result<Journal, Failure> {
    let text = files.read(NAME)?.unwrap_or_default();
    let mut journal = Journal::default();
    let mut places = HashMap::new();
    for (index, text) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let is_whole = text.ends_with(b"\n");
        let line = serde_json::from_slice::<Line>(text).ok();
        let understood = line.and_then(|line| journal.add(line, &mut places)).is_some();
        if is_whole && !understood {
            journal.damage.push(Damage { line: index + 1, place: journal.entries.len() });
        }
    }
    Ok(journal)
}
