//! The roster: members with the rows and lines they came from.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde_json::Value;

use super::check::{CheckOptions, CheckReport, Checker};
use super::diff::{Differ, RosterDiff};
use super::normalize::{Normalize, NormalizeReport};
use super::read::{self, Format, ReadError, ReadOptions, ReadReport, Rows};
use super::row::Row;
use super::write::{self, WriteReport};
use vitable_groups_model::Member;

/// The complete roster of a group. A sync replaces the group's members with it.
///
/// ```
/// use vitable_groups::roster::{Format, ReadOptions, Roster};
///
/// let text = r#"[{"reference_id": "E1", "first_name": "Ann", "last_name": "Lee",
///     "date_of_birth": "1990-01-01", "plan_id": "pln_1", "address": {"address_line_1":
///     "1 Main Street", "city": "Springfield", "state": "IL", "zipcode": "62701"}}]"#;
/// let roster = Roster::read_bytes(text.as_bytes(), Some(Format::Json), &ReadOptions::default())?;
/// let mut csv = Vec::new();
/// roster.to_csv(&mut csv).unwrap();
/// let again = Roster::read_csv(csv.as_slice(), &ReadOptions::default())?;
/// assert!(again.members().eq(roster.members()));
/// # Ok::<(), vitable_groups::roster::ReadError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roster {
    rows: Vec<Row>,
    report: Option<ReadReport>,
}

impl Roster {
    /// A roster of members built by the caller.
    pub fn from_members(members: impl IntoIterator<Item = Member>) -> Self {
        let rows =
            members.into_iter().zip(1..).map(|(member, row)| Row::new(row, None, member)).collect();
        Self { rows, report: None }
    }

    /// A roster from JSON values, such as the dictionaries and objects of other languages.
    pub fn from_values(values: impl IntoIterator<Item = Value>, options: &ReadOptions) -> Self {
        let (rows, report) = read::from_values(values, options);
        Self { rows, report: Some(report) }
    }

    /// Reads a roster; the format is detected unless the options specify it.
    pub fn read(reader: impl Read, options: &ReadOptions) -> Result<Self, ReadError> {
        let mut rows = Rows::new(reader, options)?;
        let read = rows.by_ref().collect::<Result<Vec<Row>, ReadError>>()?;
        Ok(Self { rows: read, report: Some(rows.report()) })
    }

    /// Reads CSV with a header.
    pub fn read_csv(reader: impl Read, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::read(reader, &options.clone().format(Format::Csv))
    }

    /// Reads a JSON array of members, or an object with `members`.
    pub fn read_json(reader: impl Read, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::read(reader, &options.clone().format(Format::Json))
    }

    /// Reads JSON Lines: one JSON object per line.
    pub fn read_jsonl(reader: impl Read, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::read(reader, &options.clone().format(Format::Jsonl))
    }

    /// Reads a file; the format follows from its extension, or else is detected.
    pub fn read_path(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, ReadError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| ReadError::opening(path, &error))?;
        let mut options = options.clone();
        options.format = options.format.or_else(|| Format::of_path(path));
        Self::read(file, &options)
    }

    /// Reads a roster from bytes.
    pub fn read_bytes(
        bytes: &[u8],
        format: Option<Format>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let mut options = options.clone();
        options.format = format.or(options.format);
        Self::read(bytes, &options)
    }

    /// The rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows, mutable.
    pub fn rows_mut(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// The members, in row order.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> + Clone {
        self.rows.iter().map(Row::member)
    }

    /// Converts into the members, without their rows.
    pub fn into_members(self) -> Vec<Member> {
        self.rows.into_iter().map(Row::into_member).collect()
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The first row with a reference ID.
    pub fn get(&self, reference_id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.member().reference_id == reference_id)
    }

    /// Adds a member at the end.
    pub fn push(&mut self, member: Member) {
        self.rows.push(Row::new(self.rows.len() as u64 + 1, None, member));
    }

    pub(super) fn replace(&mut self, reference_id: &str, member: Member) {
        let mut rows = self.rows.iter_mut();
        if let Some(row) = rows.find(|row| row.member().reference_id == reference_id) {
            row.replace(member);
        }
    }

    /// The report on reading the file, if the roster came from one.
    pub fn report(&self) -> Option<&ReadReport> {
        self.report.as_ref()
    }

    /// Converts values to the API's format, as far as the options say.
    pub fn normalize(&mut self, normalize: &Normalize) -> NormalizeReport {
        let mut report = NormalizeReport::default();
        for row in &mut self.rows {
            normalize.apply(row, &mut report);
        }
        report
    }

    /// Checks every row against every rule.
    pub fn check(&self, options: &CheckOptions) -> CheckReport {
        let mut checker = Checker::new(options.clone());
        for row in &self.rows {
            checker.check(row);
        }
        checker.finish()
    }

    /// Writes CSV with the API's field names as the header. The file contains health data.
    pub fn to_csv(&self, output: impl Write) -> io::Result<WriteReport> {
        write::to_csv(self.members(), output)
    }

    /// Writes the body of a sync request, one member per line. The file contains health data.
    pub fn to_json(&self, output: impl Write) -> io::Result<()> {
        write::to_json(self.members(), output)
    }

    /// Writes JSON Lines, one member per line. The file contains health data.
    pub fn to_jsonl(&self, output: impl Write) -> io::Result<()> {
        write::to_jsonl(self.members(), output)
    }
}

impl FromIterator<Member> for Roster {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        Self::from_members(members)
    }
}

/// What sending the current roster changes in a group that holds the previous one.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let roster = Roster::from_members([member("E1", "NV")]);
/// assert!(diff(&roster, &roster).is_empty());
/// ```
pub fn diff(previous: &Roster, current: &Roster) -> RosterDiff {
    let mut differ = Differ::new();
    for row in previous.rows() {
        differ.add_previous(row);
    }
    for row in current.rows() {
        differ.add_current(row);
    }
    differ.finish()
}
