//! What is remembered between runs: the last roster of each group, and a journal of syncs.
//!
//! Rosters are health data: the directory is for its owner alone (0700, files 0600). Nothing here
//! is needed for a sync to work; without it there is no plan and nothing to resume from.

mod files;
mod journal;

use std::fs::File;
use std::path::PathBuf;

use directories::ProjectDirs;
use sha2::{Digest as _, Sha256};

pub(crate) use journal::{Ending, Journalled, Start};

use crate::exit::Failure;
use files::Files;

/// Names a sync across events; it is also the idempotency key of the submission.
pub(crate) type SyncId = String;

/// The state directory, if one is kept.
#[derive(Debug)]
pub(crate) struct State(Option<Files>);

/// Held while a sync of a group is under way, so that two do not mix.
#[derive(Debug)]
pub(crate) struct GroupLock(
    #[expect(dead_code, reason = "the lock lasts as long as the file is open")] Option<File>,
);

impl State {
    /// The state in a directory; the user's own unless one is named.
    pub(crate) fn open(directory: Option<PathBuf>) -> Result<Self, Failure> {
        let directory = directory.or_else(default_directory).ok_or_else(|| {
            Failure::local("there is no home directory to keep state in")
                .hint("pass --state-dir DIR, or --no-state")
        })?;
        Ok(Self(Some(Files::new(directory))))
    }

    /// No state: everything is forgotten, nothing is found.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// Says that a sync is about to be sent; keeps its roster until the outcome is known.
    pub(crate) fn begin(&self, start: Start, roster: &[u8]) -> Result<Journalled, Failure> {
        let entry = Journalled::new(start);
        if let Some(files) = &self.0 {
            files.write(&pending(&entry.sync), roster)?;
            journal::begin(files, &entry)?;
        }
        Ok(entry)
    }

    /// Says that a sync was accepted. On disk before anything waits for it.
    pub(crate) fn accepted(&self, sync: &str, request: &str) -> Result<(), Failure> {
        self.0.as_ref().map_or(Ok(()), |files| journal::accepted(files, sync, request))
    }

    /// Says how a sync ended. `baseline` is what the group looks like now, for the next plan.
    pub(crate) fn end(
        &self,
        entry: &Journalled,
        ending: Ending,
        baseline: Option<&[u8]>,
    ) -> Result<(), Failure> {
        let Some(files) = &self.0 else { return Ok(()) };
        if let Some(baseline) = baseline {
            files.write(&last(&entry.start.base_url, &entry.start.group_id), baseline)?;
        }
        journal::end(files, &entry.sync, ending)?;
        files.remove(&pending(&entry.sync))
    }

    /// The roster of a sync whose outcome is not known yet.
    pub(crate) fn pending_roster(&self, sync: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.0.as_ref().map_or(Ok(None), |files| files.read(&pending(sync)))
    }

    /// What a group looked like after the last sync from this machine.
    pub(crate) fn last_roster(
        &self,
        base_url: &str,
        group: &str,
    ) -> Result<Option<Vec<u8>>, Failure> {
        self.0.as_ref().map_or(Ok(None), |files| files.read(&last(base_url, group)))
    }

    /// The sync of a request, if it was started from here.
    pub(crate) fn find(&self, request: &str) -> Result<Option<Journalled>, Failure> {
        let Some(files) = &self.0 else { return Ok(None) };
        let entries = journal::read(files)?;
        Ok(entries.into_iter().rev().find(|entry| entry.request_id.as_deref() == Some(request)))
    }

    /// Syncs whose end was never seen, and that nobody is waiting for right now.
    pub(crate) fn unfinished(&self) -> Result<Vec<Journalled>, Failure> {
        let Some(files) = &self.0 else { return Ok(Vec::new()) };
        let mut entries = journal::read(files)?;
        entries.retain(|entry| entry.ending.is_none());
        entries.retain(|entry| {
            let name = lock_name(&entry.start.base_url, &entry.start.group_id);
            files.is_free(&name)
        });
        Ok(entries)
    }

    /// Keeps other syncs of the group away for as long as the answer lives.
    pub(crate) fn lock(&self, base_url: &str, group: &str) -> Result<GroupLock, Failure> {
        let Some(files) = &self.0 else { return Ok(GroupLock(None)) };
        match files.lock(&lock_name(base_url, group))? {
            Some(file) => Ok(GroupLock(Some(file))),
            None => Err(Failure::local(format!(
                "another vitable-groups is syncing group {group} right now"
            ))
            .hint("let it finish, then run this again: two rosters at once would mix")),
        }
    }
}

/// A name for a roster's content; it tells nothing about the content.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    hex(&Sha256::digest(content), 16)
}

fn default_directory() -> Option<PathBuf> {
    let dirs = ProjectDirs::from("", "", "vitable-groups")?;
    Some(dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned())
}

fn pending(sync: &str) -> String {
    format!("pending-{sync}.jsonl")
}

fn last(base_url: &str, group: &str) -> String {
    format!("roster-{}.jsonl", group_name(base_url, group))
}

fn lock_name(base_url: &str, group: &str) -> String {
    format!("group-{}.lock", group_name(base_url, group))
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
