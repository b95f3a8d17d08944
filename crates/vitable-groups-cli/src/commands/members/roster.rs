//! Reads and normalizes a roster file.

use std::io;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use vitable_groups::roster::{NormalizeReport, ReadErrorKind, Roster};
use vitable_groups::{Clock as _, SystemClock};

use crate::cli::RosterOptions;
use crate::exit::{Exit, Failure};
use crate::output::{Output, count, plain};

/// A roster and the name of its file.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) file: String,
    pub(super) roster: Roster,
    /// The changes made by `--normalize` and `--date-format`.
    pub(super) normalized: NormalizeReport,
}

/// Today in UTC, for the rules on dates of birth.
pub(super) fn today() -> Date {
    SystemClock.wall().to_zoned(TimeZone::UTC).date()
}

impl Loaded {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path, options: &RosterOptions) -> Result<Self, Failure> {
        let (file, result) = if path == Path::new("-") {
            ("standard input".to_owned(), Roster::read(io::stdin().lock(), &options.read_options()))
        } else {
            (plain(&path.display().to_string()), Roster::read_path(path, &options.read_options()))
        };
        let mut roster = result.map_err(|error| {
            let exit = match error.kind {
                ReadErrorKind::Io => Exit::Failed,
                ReadErrorKind::Options => Exit::Usage,
                _ => Exit::InvalidRoster,
            };
            let column = error.column.map(|column| format!(", column {column}"));
            let column = column.unwrap_or_default();
            let location =
                error.line.map(|line| format!(" line {line}{column}:")).unwrap_or_default();
            // The message already names a file that cannot be opened.
            let message = if error.message.starts_with(file.as_str()) {
                error.message
            } else {
                format!("{file}:{location} {}", error.message)
            };
            Failure::new(exit, plain(&message)).hint(plain(&error.fix))
        })?;
        let normalized = roster.normalize(&options.normalize_options(today()));
        Ok(Self { file, roster, normalized })
    }

    /// Prints what was read, and which column was read as which field.
    pub(super) fn describe(&self, out: &mut Output) {
        self.announce(out);
        let columns = self.roster.report().map(|report| report.columns.as_slice());
        let renamed: Vec<_> = columns
            .unwrap_or_default()
            .iter()
            .filter(|matched| matched.column != matched.field.column())
            .map(|matched| format!("{} as {}", plain(&matched.column), matched.field.column()))
            .collect();
        if !renamed.is_empty() {
            out.info(format!("  columns read: {}", renamed.join(", ")));
        }
    }

    /// Prints what was read: rows, unused columns, normalized values and notes.
    pub(super) fn announce(&self, out: &mut Output) {
        let rows = count(self.roster.len(), "row");
        let Some(report) = self.roster.report() else {
            return out.info(format!("{}: {rows}", self.file));
        };
        out.info(format!("{}: {rows} of {}, {}", self.file, report.format, report.encoding));
        if !report.unmatched.is_empty() {
            let names: Vec<_> = report.unmatched.iter().map(|name| plain(name)).collect();
            out.info(format!("  columns not used: {}", names.join(", ")));
        }
        if self.normalized.total > 0 {
            out.info(format!("  values normalized: {}", self.normalized.total));
        }
        if report.default_plan_rows > 0 {
            out.info(format!("  rows on the default plan: {}", report.default_plan_rows));
        }
        for note in &report.notes {
            out.info(format!("  note: {}", plain(note)));
        }
    }
}
