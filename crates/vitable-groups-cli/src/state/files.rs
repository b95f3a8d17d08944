//! Files of the state directory: private to the user, replaced atomically.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// The state directory, created by the first write.
#[derive(Debug)]
pub(super) struct Files(PathBuf);

impl Files {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self(directory)
    }

    /// The path of a file.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Replaces a file atomically: after a crash it has either the old or the new content.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<(), Failure> {
        let write = || -> io::Result<()> {
            create_directory(&self.0)?;
            // Temporary files are created with mode 0600.
            let mut file = tempfile::NamedTempFile::new_in(&self.0)?;
            file.write_all(content)?;
            file.as_file().sync_all()?;
            file.persist(self.path(name)).map_err(|error| error.error)?;
            self.sync()
        };
        write().map_err(|error| self.write_failure("write", name, &error))
    }

    /// Appends a line, which is on disk when this returns.
    pub(super) fn append(&self, name: &str, line: &str) -> Result<(), Failure> {
        let append = || -> io::Result<()> {
            create_directory(&self.0)?;
            let mut options = private_options();
            options.read(true).write(true).create(true).truncate(false);
            let mut file = options.open(self.path(name))?;
            file.lock()?;
            // Drop a partial last line: its writer was killed before acting on it.
            let end = end_of_last_line(&mut file)?;
            file.set_len(end)?;
            file.seek(SeekFrom::Start(end))?;
            file.write_all(format!("{line}\n").as_bytes())?;
            file.sync_all()?;
            self.sync()
        };
        append().map_err(|error| self.write_failure("write", name, &error))
    }

    /// The content of a file; none if there is no such file.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        match fs::read(self.path(name)) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(read_failure(&self.path(name), &error)),
        }
    }

    /// The names of the files with a prefix.
    pub(super) fn names(&self, prefix: &str) -> Result<Vec<String>, Failure> {
        let list = || -> io::Result<Vec<String>> {
            let mut names = Vec::new();
            for file in fs::read_dir(&self.0)? {
                // Our names are ASCII; skip others.
                names.extend(file?.file_name().into_string().ok());
            }
            names.retain(|name| name.starts_with(prefix));
            Ok(names)
        };
        match list() {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            listed => listed.map_err(|error| read_failure(&self.0, &error)),
        }
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.write_failure("remove", name, &error))
            }
            _ => Ok(()),
        }
    }

    /// Syncs the directory, so that new file names survive a crash.
    fn sync(&self) -> io::Result<()> {
        #[cfg(unix)]
        File::open(&self.0)?.sync_all()?;
        Ok(())
    }

    fn write_failure(&self, action: &str, name: &str, error: &io::Error) -> Failure {
        let file = self.path(name);
        Failure::local(format!("cannot {action} the state file {}: {error}", file.display()))
            .hint("check its permissions and the free space, or use another --state-dir DIR")
    }
}

fn read_failure(file: &Path, error: &io::Error) -> Failure {
    Failure::local(format!("cannot read the state file {}: {error}", file.display()))
}

/// Creates a directory with mode 0700, and its parents.
pub(super) fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(directory)
}

/// Options that create files with mode 0600.
pub(super) fn private_options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// The offset after the last complete line.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut content)?;
    let end = content.iter().rposition(|byte| *byte == b'\n');
    Ok(end.map_or(0, |index| index as u64 + 1))
}
