//! Files of the state directory: for the owner alone, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// A directory that is made when something is first written to it.
#[derive(Debug)]
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// Replaces a file. After a crash it has the old content or the new one.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let write = || -> io::Result<()> {
            self.make()?;
            // Temporary files are made for their owner alone.
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(content)?;
            file.as_file().sync_all()?;
            file.persist(self.0.join(name)).map_err(|error| error.error)?;
            self.sync()
        };
        write().map_err(|error| self.failed("write", name, &error))
    }

    /// Adds a line; it is on disk when this returns.
    pub(super) fn append(&self, name: &str, line: &str) -> Result<(), Failure> {
        let append = || -> io::Result<()> {
            self.make()?;
            let mut file =
                private().read(true).append(true).create(true).open(self.0.join(name))?;
            file.lock()?;
            // A kill may have left half a line: it gets an end, so that it spoils no other.
            let whole = ends_with_newline(&mut file)?;
            let start = if whole { "" } else { "\n" };
            file.write_all(format!("{start}{line}\n").as_bytes())?;
            file.sync_all()?;
            self.sync()
        };
        append().map_err(|error| self.failed("write", name, &error))
    }

    /// The content of a file; none if there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.0.join(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed("read", name, &error)),
        }
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.failed("remove", name, &error))
            }
            _ => Ok(()),
        }
    }

    /// Locks a file; none if somebody else has.
    pub(super) fn lock(&self, name: &str) -> Result<Option<File>, Failure> {
        let lock = || -> io::Result<Option<File>> {
            self.make()?;
            let file =
                private().write(true).create(true).truncate(false).open(self.0.join(name))?;
            match file.try_lock() {
                Ok(()) => Ok(Some(file)),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(error)) => Err(error),
            }
        };
        lock().map_err(|error| self.failed("lock", name, &error))
    }

    /// Whether nobody has locked a file.
    pub(super) fn is_free(&self, name: &str) -> bool {
        match File::open(self.0.join(name)) {
            Ok(file) => !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)),
            Err(_) => true,
        }
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt as _;
            builder.mode(0o700);
        }
        builder.create(&self.0)
    }

    /// Makes new names last, too.
    fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    fn failed(&self, what: &str, name: &str, error: &io::Error) -> Failure {
        let file: &Path = &self.0.join(name);
        Failure::local(format!("cannot {what} the state file {}: {error}", file.display()))
            .hint("choose another place with --state-dir, or go without: --no-state")
    }
}

fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut byte = [0];
    file.read_exact(&mut byte)?;
    Ok(byte == [b'\n'])
}
