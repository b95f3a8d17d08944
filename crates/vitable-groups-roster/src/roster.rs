//! The roster itself: members with the places they came from.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde_json::Value;

use super::check::{CheckOptions, CheckReport, Checker};
use super::diff::{Diff, Differ};
use super::normalize::{Normalize, NormalizeReport};
use super::read::{self, Format, ReadError, ReadOptions, ReadReport, Rows};
use super::row::Row;
use super::write::{self, WriteReport};
use vitable_groups_model::Member;

/// The complete roster of one group. A sync replaces what the group has by it.
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
    /// A roster from members made by the caller.
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

    /// Reads a roster; the format is found out unless the options name it.
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

    /// Reads a JSON object per line.
    pub fn read_jsonl(reader: impl Read, options: &ReadOptions) -> Result<Self, ReadError> {
        Self::read(reader, &options.clone().format(Format::Jsonl))
    }

    /// Reads a file, by the end of its name or by what is in it.
    pub fn read_path(path: impl AsRef<Path>, options: &ReadOptions) -> Result<Self, ReadError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| ReadError::opening(path, &error))?;
        let mut options = options.clone();
        options.format = options.format.or_else(|| Format::of_path(path));
        Self::read(file, &options)
    }

    /// Reads bytes at hand.
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

    /// The rows, to change.
    pub fn rows_mut(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// The members in order.
    pub fn members(&self) -> impl ExactSizeIterator<Item = &Member> + Clone {
        self.rows.iter().map(Row::member)
    }

    /// The members alone, to submit.
    pub fn into_members(self) -> Vec<Member> {
        self.rows.into_iter().map(Row::into_member).collect()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The first row with a reference.
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

    /// What reading found out about the file, if there was one.
    pub fn report(&self) -> Option<&ReadReport> {
        self.report.as_ref()
    }

    /// Puts values into the form the API takes, as far as it is asked for.
    pub fn normalize(&mut self, normalize: &Normalize) -> NormalizeReport {
        let mut report = NormalizeReport::default();
        for row in &mut self.rows {
            normalize.apply(row, &mut report);
        }
        report
    }

    /// Checks every row by every rule.
    pub fn check(&self, options: &CheckOptions) -> CheckReport {
        let mut checker = Checker::new(options.clone());
        for row in &self.rows {
            checker.check(row);
        }
        checker.finish()
    }

    /// Writes CSV with the API's names as header. The file holds health data.
    pub fn to_csv(&self, output: impl Write) -> io::Result<WriteReport> {
        write::to_csv(self, output)
    }

    /// Writes the body of a sync request, a member per line. The file holds health data.
    pub fn to_json(&self, output: impl Write) -> io::Result<()> {
        write::to_json(self, output)
    }

    /// Writes a member per line. The file holds health data.
    pub fn to_jsonl(&self, output: impl Write) -> io::Result<()> {
        write::to_jsonl(self, output)
    }
}

impl FromIterator<Member> for Roster {
    fn from_iter<I: IntoIterator<Item = Member>>(members: I) -> Self {
        Self::from_members(members)
    }
}

/// What sending the current roster does to a group that holds the previous one.
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
pub fn diff(previous: &Roster, current: &Roster) -> Diff {
    let mut differ = Differ::new();
    for row in previous.rows() {
        differ.add_previous(row);
    }
    for row in current.rows() {
        differ.current(row);
    }
    differ.finish()
}
