//! One sync of a group at a time, whatever state directory each has, or none.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::files::{make, private};
use crate::exit::Failure;

/// Where the locks of this user are: the first place that can be used. The files in it are empty,
/// and their names are hashes.
#[derive(Debug)]
pub(crate) struct Locks(Vec<Place>);

#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// Other users can write to the folder above it.
    is_shared: bool,
}

impl Locks {
    /// The same for all runs of this user.
    pub(crate) fn of_user() -> Self {
        let own = super::default_directory()
            .map(|folder| Place { folder: folder.join("locks"), is_shared: false });
        let temporary = Place { folder: std::env::temp_dir().join(user()), is_shared: true };
        Self(own.into_iter().chain([temporary]).collect())
    }

    /// In a folder of the caller's own.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self(vec![Place { folder, is_shared: false }])
    }

    /// Locks a name; none if somebody else has.
    pub(super) fn lock(&self, name: &str) -> Result<Option<File>, Failure> {
        let mut problems = Vec::new();
        for place in &self.0 {
            match place.lock(name) {
                Ok(locked) => return Ok(locked),
                Err(error) => problems.push(format!("{}: {error}", place.folder.display())),
            }
        }
        Err(Failure::local(format!(
            "nothing was sent: no lock can be taken that keeps two syncs of a group apart ({})",
            problems.join("; ")
        ))
        .hint("make one of these folders writable for this user alone"))
    }

    /// Whether nobody has locked a name.
    pub(super) fn is_free(&self, name: &str) -> bool {
        self.0.iter().all(|place| match File::open(place.folder.join(name)) {
            Ok(file) => !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
            Err(_) => true,
        })
    }
}

impl Place {
    fn lock(&self, name: &str) -> io::Result<Option<File>> {
        make(&self.folder)?;
        if self.is_shared {
            belongs_to_us(&self.folder)?;
        }
        let path = self.folder.join(name);
        let file = private().write(true).create(true).truncate(false).open(path)?;
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

/// Another user may have made the folder first.
#[cfg(unix)]
fn belongs_to_us(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let found = std::fs::symlink_metadata(folder)?;
    let ours = found.is_dir()
        && found.uid() == rustix::process::geteuid().as_raw()
        && found.permissions().mode() & 0o777 == 0o700;
    if ours { Ok(()) } else { Err(io::Error::other("it is not a private folder of this user")) }
}

#[cfg(not(unix))]
fn belongs_to_us(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_place_is_used_where_one_cannot_be() {
        let folder = tempfile::tempdir().unwrap();
        let flat = folder.path().join("flat");
        std::fs::write(&flat, "").unwrap();
        let place = |folder: &Path| Place { folder: folder.to_owned(), is_shared: false };
        let other = folder.path().join("other");
        let locks = Locks(vec![place(&flat), place(&other)]);
        let lock = locks.lock("a").unwrap();
        assert!(lock.is_some() && !locks.is_free("a") && locks.is_free("b"));
        assert!(locks.lock("a").unwrap().is_none());
        assert_eq!(std::fs::metadata(other.join("a")).unwrap().len(), 0);
        let failure = Locks(vec![place(&flat)]).lock("a").unwrap_err();
        assert!(failure.message.contains("nothing was sent"), "{failure:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_use_is_refused() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let locks =
            |name: &str| Locks(vec![Place { folder: folder.path().join(name), is_shared: true }]);
        assert!(locks("made").lock("a").unwrap().is_some());
        let made = folder.path().join("made");
        symlink(&made, folder.path().join("link")).unwrap();
        assert!(locks("link").lock("b").is_err());
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(locks("made").lock("b").is_err());
    }
}
