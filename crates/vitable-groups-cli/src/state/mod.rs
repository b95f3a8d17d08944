//! State that persists between runs: the last roster of each group, and a journal of syncs.
//!
//! Rosters are health data, so only the owner can access the directory (0700) and its files (0600).
//! Damaged state never counts as missing: a sync then requires `--previous`.

mod files;
mod journal;
mod locks;
mod stored;

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use directories::ProjectDirs;
use sha2::{Digest as _, Sha256};
use vitable_groups::roster::{Baseline, Roster};

pub(crate) use journal::{Ending, JournalEntry, Start};
pub(crate) use locks::Locks;
pub(crate) use stored::{StoredRoster, candidates, lines};

use crate::exit::Failure;
use files::Files;
use journal::Journal;

/// Identifies a sync across events; also the idempotency key of its submission.
pub(crate) type SyncId = String;

/// The state directory, absent with `--no-state`, and the locks, which are always used.
#[derive(Debug)]
pub(crate) struct State {
    files: Option<Files>,
    locks: Locks,
}

/// The lock of a group, held during a sync so that two syncs cannot run at once.
#[derive(Debug)]
pub(crate) struct GroupLock(
    #[expect(dead_code, reason = "the lock lasts as long as the file is open")] File,
);

/// What this machine has recorded about the roster of a group.
#[derive(Debug, Default)]
pub(crate) struct GroupHistory {
    /// The roster after the last completed sync.
    pub(crate) last: Option<Arc<Roster>>,
    /// Later syncs that are not settled, newest first.
    pub(crate) unsettled: Vec<StoredRoster>,
    /// Descriptions of damaged state.
    pub(crate) damage: Vec<String>,
}

impl GroupHistory {
    /// Whether this machine never sent a roster to the group.
    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_none() && self.unsettled.is_empty() && self.damage.is_empty()
    }

    /// Every roster that the group may hold, the most likely first.
    pub(crate) fn candidates(&self) -> Vec<Arc<Roster>> {
        let sent = self.unsettled.iter().map(|stored| Arc::new(stored.roster.clone()));
        let before = self.unsettled.iter().flat_map(|stored| candidates(&stored.baseline));
        let mut all: Vec<Arc<Roster>> = Vec::new();
        for roster in sent.chain(before).chain(self.last.clone()) {
            if !all.iter().any(|other| other.members().eq(roster.members())) {
                all.push(roster);
            }
        }
        all
    }

    fn damaged(&mut self, files: &Files, name: &str, how: &str) {
        self.damage.push(format!("the state file {} {how}", files.path(name).display()));
    }
}

impl State {
    /// State in the given directory, or in the user's own.
    pub(crate) fn open(directory: Option<PathBuf>, locks: Locks) -> Result<Self, Failure> {
        let directory = directory.or_else(default_directory).ok_or_else(|| {
            Failure::local("there is no home directory for the state")
                .hint("use --state-dir DIR to choose a directory")
        })?;
        Ok(Self { files: Some(Files::new(directory)), locks })
    }

    /// No state: nothing is written, nothing is found.
    pub(crate) fn none(locks: Locks) -> Self {
        Self { files: None, locks }
    }

    /// Records that a sync is about to be sent. Stores its roster and baseline until it settles.
    pub(crate) fn begin(
        &self,
        start: Start,
        roster: &Roster,
        baseline: &Baseline,
    ) -> Result<JournalEntry, Failure> {
        let entry = JournalEntry::new(start)?;
        if let Some(files) = &self.files {
            files.write(&pending_file(&entry), &stored::encode(roster, baseline)?)?;
            journal::begin(files, &entry)?;
        }
        Ok(entry)
    }

    /// Records that the server accepted a sync.
    pub(crate) fn mark_accepted(&self, entry: &JournalEntry, request: &str) -> Result<(), Failure> {
        self.files.as_ref().map_or(Ok(()), |files| journal::accepted(files, entry, request))
    }

    /// Records that a sync completed, and what the group holds now.
    pub(crate) fn mark_completed(&self, entry: &JournalEntry, now: &Roster) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        // In this order: if the process is killed in between, the sync still counts as unsettled.
        files.write(&roster_file(&entry.group()), &stored::encode(now, &Baseline::Unknown)?)?;
        journal::end(files, entry, Ending::Completed)?;
        let unsettled = journal::read(files)?.unsettled(&entry.group());
        let needed: HashSet<_> = unsettled.iter().map(pending_file).collect();
        for name in files.names(&pending_prefix(&entry.group()))? {
            if !needed.contains(&name) {
                files.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Records that the server rejected a sync.
    pub(crate) fn mark_rejected(&self, entry: &JournalEntry) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        journal::end(files, entry, Ending::Rejected)?;
        files.remove(&pending_file(entry))
    }

    /// Stops the reminders of a sync. Its roster is kept, since the group may hold it.
    pub(crate) fn mark_forgotten(&self, entry: &JournalEntry) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        journal::end(files, entry, Ending::Forgotten)
    }

    /// The roster and baseline of an unsettled sync.
    ///
    /// # Errors
    /// A description of the damage.
    pub(crate) fn stored(&self, entry: &JournalEntry) -> Result<StoredRoster, String> {
        let Some(files) = &self.files else { return Err("state is disabled".to_owned()) };
        read_stored(files, &pending_file(entry))?.ok_or_else(|| {
            format!("the state file {} is missing", files.path(&pending_file(entry)).display())
        })
    }

    /// What this machine has recorded about a group.
    pub(crate) fn history(&self, base_url: &str, group: &str) -> GroupHistory {
        let mut history = GroupHistory::default();
        let Some(files) = &self.files else { return history };
        let group = group_name(base_url, group);
        let journal = journal::read(files).unwrap_or_else(|failure| {
            history.damage.push(failure.message);
            Journal::default()
        });
        if let Some(line) = journal.damage(&group) {
            history.damaged(files, journal::NAME, &format!("is damaged in line {line}"));
        }
        match read_stored(files, &roster_file(&group)) {
            Ok(Some(stored)) => history.last = Some(Arc::new(stored.roster)),
            Ok(None) if journal.last_completed(&group).is_some() => {
                history.damaged(files, &roster_file(&group), "is missing");
            }
            Ok(None) => {}
            Err(damage) => history.damage.push(damage),
        }
        let known: HashSet<_> = journal.entries.iter().map(pending_file).collect();
        // Rosters that are not in the journal: their lines were lost or never written.
        let lost = files.names(&pending_prefix(&group)).unwrap_or_else(|failure| {
            history.damage.push(failure.message);
            Vec::new()
        });
        let lost = lost.into_iter().filter(|name| !known.contains(name));
        let unsettled = journal.unsettled(&group);
        for name in lost.chain(unsettled.iter().rev().map(pending_file)) {
            match read_stored(files, &name) {
                Ok(Some(stored)) => history.unsettled.push(stored),
                Ok(None) => history.damaged(files, &name, "is missing"),
                Err(damage) => history.damage.push(damage),
            }
        }
        history
    }

    /// The unsettled syncs of a group, newest first.
    pub(crate) fn unsettled(&self, base_url: &str, group: &str) -> Vec<JournalEntry> {
        let Some(files) = &self.files else { return Vec::new() };
        // `history` reports damage to the journal.
        let journal = journal::read(files).unwrap_or_default();
        let mut entries = journal.unsettled(&group_name(base_url, group));
        entries.reverse();
        entries
    }

    /// The sync of a request, if it was submitted from this machine.
    pub(crate) fn find(&self, request: &str) -> Result<Option<JournalEntry>, Failure> {
        let Some(files) = &self.files else { return Ok(None) };
        let entries = journal::read(files)?.entries;
        Ok(entries.into_iter().rev().find(|entry| entry.request_id.as_deref() == Some(request)))
    }

    /// Syncs whose outcome was never read and that no other process is waiting for.
    pub(crate) fn unfinished(&self) -> Result<Vec<JournalEntry>, Failure> {
        let Some(files) = &self.files else { return Ok(Vec::new()) };
        let mut entries = journal::read(files)?.entries;
        entries.retain(|entry| entry.ending.is_none());
        entries.retain(|entry| self.locks.is_free(&lock_file(&entry.group())));
        Ok(entries)
    }

    /// Locks a group against other syncs until the returned lock is dropped.
    pub(crate) fn lock(&self, base_url: &str, group: &str) -> Result<GroupLock, Failure> {
        match self.locks.lock(&lock_file(&group_name(base_url, group)))? {
            Some(file) => Ok(GroupLock(file)),
            None => Err(Failure::local(format!(
                "another vitable-groups process is syncing group {group}"
            ))
            .hint("wait for it to finish, then run the command again")),
        }
    }
}

/// Reads a stored roster; none if the file does not exist.
fn read_stored(files: &Files, name: &str) -> Result<Option<StoredRoster>, String> {
    let content = files.read(name).map_err(|failure| failure.message)?;
    let stored = content.as_deref().map(stored::decode).transpose();
    stored.map_err(|how| format!("the state file {} {how}", files.path(name).display()))
}

/// A hash that identifies a roster's content without revealing it.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    hex(&Sha256::digest(content), 16)
}

fn default_directory() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "vitable-groups")?;
    Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
}

fn pending_prefix(group: &str) -> String {
    format!("pending-{group}-")
}

fn pending_file(entry: &JournalEntry) -> String {
    format!("{}{}.jsonl", pending_prefix(&entry.group()), entry.sync)
}

fn roster_file(group: &str) -> String {
    format!("roster-{group}.jsonl")
}

fn lock_file(group: &str) -> String {
    format!("group-{group}.lock")
}

/// A hash, since IDs may contain any character, and some file systems ignore letter case.
fn group_name(base_url: &str, group: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(base_url.trim_end_matches('/').as_bytes());
    hash.update([0]);
    hash.update(group.as_bytes());
    hex(&hash.finalize(), 12)
}

fn hex(bytes: &[u8], length: usize) -> String {
    use std::fmt::Write as _;
    bytes.iter().take(length).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
