//! Files of the state directory: for the owner alone, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
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

    /// Where a file is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Replaces a file. After a crash it has the old content or the new one.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let write = || -> io::Result<()> {
            make(&self.0)?;
            // Temporary files are made for their owner alone.
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(content)?;
            file.as_file().sync_all()?;
            file.persist(self.path(name)).map_err(|error| error.error)?;
            self.sync()
        };
        write().map_err(|error| self.not_written("write", name, &error))
    }

    /// Adds a line; it is on disk when this returns.
    pub(super) fn append(&self, name: &str, line: &str) -> Result<(), Failure> {
        let append = || -> io::Result<()> {
            make(&self.0)?;
            let mut options = private();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(self.path(name))?;
            file.lock()?;
            // Whoever was killed while writing half a line had not acted on it yet.
            let end = end_of_last_line(&mut file)?;
            file.set_len(end)?;
            file.seek(SeekFrom::Start(end))?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_all()?;
            self.sync()
        };
        append().map_err(|error| self.not_written("write", name, &error))
    }

    /// The content of a file; none if there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.path(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&self.path(name), &error)),
        }
    }

    /// The names of the files that begin so.
    pub(super) fn names(&self, start: &str) -> Result<Vec<String>, Failure> {
        let list = || -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for file in fs::read_dir(&self.0)? {
                // Names of ours are ASCII.
                names.extend(file?.file_name().into_string().ok());
            }
            names.retain(|name| name.starts_with(start));
            Ok(names)
        };
        match list() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed.map_err(|error| unreadable(&self.0, &error)),
        }
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.not_written("remove", name, &error))
            }
            _ => Ok(()),
        }
    }

    /// Makes new names last, too.
    fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    fn not_written(&self, what: &str, name: &str, error: &io::Error) -> Failure {
        let file = self.path(name);
        Failure::local(format!("cannot {what} the state file {}: {error}", file.display()))
            .hint("check the permissions and the free space there, or name another --state-dir")
    }
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::local(format!("cannot read the state file {}: {error}", file.display()))
}

/// Makes a directory for its owner alone, and those above it.
pub(super) fn make(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)
}

/// Files that are made so are for their owner alone.
pub(super) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Where the last whole line ends.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut content)?;
    let end = content.iter().rposition(|byte| *byte == b'\n');
    Ok(end.map_or(0, |place| place as u64 + 1))
}
