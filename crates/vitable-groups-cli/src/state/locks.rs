//! Locks that allow one sync of a group at a time, regardless of the state directory.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::files::{create_directory, private_options};
use crate::exit::Failure;

/// The lock directories of this user; the first usable one is used. Lock files are empty, and their
/// names are hashes.
#[derive(Debug)]
pub(crate) struct Locks(Vec<LockDirectory>);

#[derive(Debug)]
struct LockDirectory {
    path: PathBuf,
    /// Whether other users can write to its parent.
    is_shared: bool,
}

impl Locks {
    /// The lock directories shared by all runs of this user.
    pub(crate) fn of_user() -> Self {
        let own = super::default_directory()
            .map(|path| LockDirectory { path: path.join("locks"), is_shared: false });
        let temporary = LockDirectory { path: std::env::temp_dir().join(user()), is_shared: true };
        Self(own.into_iter().chain([temporary]).collect())
    }

    /// A single lock directory, chosen by the caller.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(vec![LockDirectory { path, is_shared: false }])
    }

    /// Locks a name; none if another process holds the lock.
    pub(super) fn lock(&self, name: &str) -> Result<Option<File>, Failure> {
        let mut problems = Vec::new();
        for directory in &self.0 {
            match directory.lock(name) {
                Ok(locked) => return Ok(locked),
                Err(error) => problems.push(format!("{}: {error}", directory.path.display())),
            }
        }
        Err(Failure::local(format!(
            "nothing was sent: cannot lock the group against concurrent syncs ({})",
            problems.join("; ")
        ))
        .hint("make one of these directories writable by this user only"))
    }

    /// Whether no process holds the lock of a name.
    pub(super) fn is_free(&self, name: &str) -> bool {
        self.0.iter().all(|directory| match File::open(directory.path.join(name)) {
            Ok(file) => !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
            Err(_) => true,
        })
    }
}

impl LockDirectory {
    fn lock(&self, name: &str) -> io::Result<Option<File>> {
        create_directory(&self.path)?;
        if self.is_shared {
            require_private(&self.path)?;
        }
        let path = self.path.join(name);
        let file = private_options().write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

#[cfg(unix)]
fn user() -> String {
    format!("vitable-groups-{}", rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn user() -> String {
    "vitable-groups-locks".to_owned()
}

/// Fails if another user created the directory, or can access it.
#[cfg(unix)]
fn require_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let found = std::fs::symlink_metadata(path)?;
    let ours = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.permissions().mode() & 0o777 == 0o700;
    if ours { Ok(()) } else { Err(io::Error::other("not a private directory of this user")) }
}

#[cfg(not(unix))]
fn require_private(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_usable_directory_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let flat = folder.path().join("flat");
        std::fs::write(&flat, "").unwrap();
        let directory = |path: &Path| LockDirectory { path: path.to_owned(), is_shared: false };
        let other = folder.path().join("other");
        let locks = Locks(vec![directory(&flat), directory(&other)]);
        let lock = locks.lock("a").unwrap();
        assert!(lock.is_some() && !locks.is_free("a") && locks.is_free("b"));
        assert!(locks.lock("a").unwrap().is_none());
        assert_eq!(std::fs::metadata(other.join("a")).unwrap().len(), 0);
        let failure = Locks(vec![directory(&flat)]).lock("a").unwrap_err();
        assert!(failure.message.contains("nothing was sent"), "{failure:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_that_others_can_access_is_rejected() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let locks = |name: &str| {
            Locks(vec![LockDirectory { path: folder.path().join(name), is_shared: true }])
        };
        assert!(locks("own").lock("a").unwrap().is_some());
        let own = folder.path().join("own");
        symlink(&own, folder.path().join("link")).unwrap();
        assert!(locks("link").lock("b").is_err());
        std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(locks("own").lock("b").is_err());
    }
}
