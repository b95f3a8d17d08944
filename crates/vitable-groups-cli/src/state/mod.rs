//! What is remembered between runs: the last roster of each group, and a journal of syncs.
//!
//! Rosters are health data: the directory is for its owner alone (0700, files 0600). What cannot
//! be read here is not taken for "nothing": a sync then needs the caller's word on what the group
//! holds.

mod files;
mod journal;
mod kept;
mod locks;

use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use directories::ProjectDirs;
use sha2::{Digest as _, Sha256};
use vitable_groups::roster::{Baseline, Roster};

pub(crate) use journal::{Ending, Journalled, Start};
pub(crate) use kept::{Kept, candidates, lines};
pub(crate) use locks::Locks;

use crate::exit::Failure;
use files::Files;
use journal::Journal;

/// Names a sync across events; it is also the idempotency key of the submission.
pub(crate) type SyncId = String;

/// The state directory, if one is kept, and the locks, which always are.
#[derive(Debug)]
pub(crate) struct State {
    files: Option<Files>,
    locks: Locks,
}

/// Held while a sync of a group is under way, so that two do not mix.
#[derive(Debug)]
pub(crate) struct GroupLock(
    #[expect(dead_code, reason = "the lock lasts as long as the file is open")] File,
);

/// What this machine knows of what a group holds.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The roster of the last sync that is known to be completed.
    pub(crate) last: Option<Arc<Roster>>,
    /// Syncs after that, whose end is not known, newest first.
    pub(crate) unsettled: Vec<Kept>,
    /// What cannot be read, each as a sentence.
    pub(crate) damage: Vec<String>,
}

impl Memory {
    /// Whether nothing was ever sent to the group from here.
    pub(crate) fn is_empty(&self) -> bool {
        self.last.is_none() && self.unsettled.is_empty() && self.damage.is_empty()
    }

    /// Every roster that the group may hold, the likeliest first.
    pub(crate) fn candidates(&self) -> Vec<Arc<Roster>> {
        let sent = self.unsettled.iter().map(|kept| Arc::new(kept.roster.clone()));
        let before = self.unsettled.iter().flat_map(|kept| candidates(&kept.baseline));
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
    /// The state in a directory; the user's own unless one is named.
    pub(crate) fn open(directory: Option<PathBuf>, locks: Locks) -> Result<Self, Failure> {
        let directory = directory.or_else(default_directory).ok_or_else(|| {
            Failure::local("there is no home directory to keep state in")
                .hint("name a directory with --state-dir DIR")
        })?;
        Ok(Self { files: Some(Files::new(directory)), locks })
    }

    /// No state: everything is forgotten, nothing is found.
    pub(crate) fn none(locks: Locks) -> Self {
        Self { files: None, locks }
    }

    /// Says that a sync is about to be sent; keeps its roster, and what it was compared with,
    /// until the outcome is known.
    pub(crate) fn begin(
        &self,
        start: Start,
        roster: &Roster,
        baseline: &Baseline,
    ) -> Result<Journalled, Failure> {
        let entry = Journalled::new(start)?;
        if let Some(files) = &self.files {
            files.write(&pending(&entry), &kept::seal(roster, baseline)?)?;
            journal::begin(files, &entry)?;
        }
        Ok(entry)
    }

    /// Says that a sync was accepted. On disk before anything waits for it.
    pub(crate) fn accepted(&self, entry: &Journalled, request: &str) -> Result<(), Failure> {
        self.files.as_ref().map_or(Ok(()), |files| journal::accepted(files, entry, request))
    }

    /// Says that a sync is completed, and what the group holds now.
    pub(crate) fn completed(&self, entry: &Journalled, now: &Roster) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        // In this order: whatever is cut off, the sync counts as one that is not settled.
        files.write(&last(&entry.group()), &kept::seal(now, &Baseline::Unknown)?)?;
        journal::end(files, entry, Ending::Completed)?;
        let unsettled = journal::read(files)?.unsettled(&entry.group());
        let needed: HashSet<_> = unsettled.iter().map(pending).collect();
        for name in files.names(&pendings(&entry.group()))? {
            if !needed.contains(&name) {
                files.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Says that the server did not accept a sync.
    pub(crate) fn refused(&self, entry: &Journalled) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        journal::end(files, entry, Ending::Refused)?;
        files.remove(&pending(entry))
    }

    /// Ends the reminders of a sync. Its roster is kept, as the group may hold it.
    pub(crate) fn forgotten(&self, entry: &Journalled) -> Result<(), Failure> {
        let Some(files) = &self.files else { return Ok(()) };
        journal::end(files, entry, Ending::Forgotten)
    }

    /// What a sync sent, while that is not settled.
    ///
    /// # Errors
    /// What is wrong with the file that kept it.
    pub(crate) fn kept(&self, entry: &Journalled) -> Result<Kept, String> {
        let Some(files) = &self.files else { return Err("there is no state".to_owned()) };
        open(files, &pending(entry))?.ok_or_else(|| {
            format!("the state file {} is missing", files.path(&pending(entry)).display())
        })
    }

    /// What this machine knows of a group.
    pub(crate) fn memory(&self, base_url: &str, group: &str) -> Memory {
        let mut memory = Memory::default();
        let Some(files) = &self.files else { return memory };
        let group = group_name(base_url, group);
        let journal = journal::read(files).unwrap_or_else(|failure| {
            memory.damage.push(failure.message);
            Journal::default()
        });
        if let Some(line) = journal.damage(&group) {
            memory.damaged(files, journal::NAME, &format!("is damaged in line {line}"));
        }
        match open(files, &last(&group)) {
            Ok(Some(kept)) => memory.last = Some(Arc::new(kept.roster)),
            Ok(None) if journal.last_completed(&group).is_some() => {
                memory.damaged(files, &last(&group), "is missing");
            }
            Ok(None) => {}
            Err(damage) => memory.damage.push(damage),
        }
        let known: HashSet<_> = journal.entries.iter().map(pending).collect();
        // A roster that no line tells of: its line was lost, or never written.
        let lost = files.names(&pendings(&group)).unwrap_or_else(|failure| {
            memory.damage.push(failure.message);
            Vec::new()
        });
        let lost = lost.into_iter().filter(|name| !known.contains(name));
        let unsettled = journal.unsettled(&group);
        for name in lost.chain(unsettled.iter().rev().map(pending)) {
            match open(files, &name) {
                Ok(Some(kept)) => memory.unsettled.push(kept),
                Ok(None) => memory.damaged(files, &name, "is missing"),
                Err(damage) => memory.damage.push(damage),
            }
        }
        memory
    }

    /// The syncs of a group whose end is not known, newest first.
    pub(crate) fn unsettled(&self, base_url: &str, group: &str) -> Vec<Journalled> {
        let Some(files) = &self.files else { return Vec::new() };
        // What cannot be read is told with the rest of what is remembered.
        let journal = journal::read(files).unwrap_or_default();
        let mut entries = journal.unsettled(&group_name(base_url, group));
        entries.reverse();
        entries
    }

    /// The sync of a request, if it was started from here.
    pub(crate) fn find(&self, request: &str) -> Result<Option<Journalled>, Failure> {
        let Some(files) = &self.files else { return Ok(None) };
        let entries = journal::read(files)?.entries;
        Ok(entries.into_iter().rev().find(|entry| entry.request_id.as_deref() == Some(request)))
    }

    /// Syncs whose end was never seen, and that nobody is waiting for right now.
    pub(crate) fn unfinished(&self) -> Result<Vec<Journalled>, Failure> {
        let Some(files) = &self.files else { return Ok(Vec::new()) };
        let mut entries = journal::read(files)?.entries;
        entries.retain(|entry| entry.ending.is_none());
        entries.retain(|entry| self.locks.is_free(&lock_name(&entry.group())));
        Ok(entries)
    }

    /// Keeps other syncs of the group away for as long as the answer lives.
    pub(crate) fn lock(&self, base_url: &str, group: &str) -> Result<GroupLock, Failure> {
        match self.locks.lock(&lock_name(&group_name(base_url, group)))? {
            Some(file) => Ok(GroupLock(file)),
            None => Err(Failure::local(format!(
                "another vitable-groups is syncing group {group} right now"
            ))
            .hint("let it finish, then run this again: two rosters at once would mix")),
        }
    }
}

/// A kept roster; none if there is no such file.
fn open(files: &Files, name: &str) -> Result<Option<Kept>, String> {
    let content = files.read(name).map_err(|failure| failure.message)?;
    let kept = content.as_deref().map(kept::open).transpose();
    kept.map_err(|how| format!("the state file {} {how}", files.path(name).display()))
}

/// A name for a roster's content; it tells nothing about the content.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    hex(&Sha256::digest(content), 16)
}

fn default_directory() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "vitable-groups")?;
    Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
}

fn pendings(group: &str) -> String {
    format!("pending-{group}-")
}

fn pending(entry: &Journalled) -> String {
    format!("{}{}.jsonl", pendings(&entry.group()), entry.sync)
}

fn last(group: &str) -> String {
    format!("roster-{group}.jsonl")
}

fn lock_name(group: &str) -> String {
    format!("group-{group}.lock")
}

/// Ids differ in letter case, which some file systems do not, and may hold anything: so a hash.
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
