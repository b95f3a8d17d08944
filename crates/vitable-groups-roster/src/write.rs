//! Writes rosters as CSV, JSON and JSON Lines.

use std::collections::HashSet;
use std::io::{self, Write};

use serde_json::Value;
use vitable_groups_model::Member;

use super::field::FIELDS;

/// The number of rows written, and of values that CSV cannot represent.
///
/// ```
/// use vitable_groups::model::{Address, Member};
/// use vitable_groups::roster::*;
///
/// let member = |id: &str, state: &str| {
///     Member::new(id, "A", "B", "1990-01-01", "pln_1", Address::new("1 Main", "Reno", state, "89501"))
/// };
/// let report = Roster::from_members([member("E1", "NV")]).to_csv(Vec::new())?;
/// assert_eq!((report.rows, report.nulls), (1, 0));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct WriteReport {
    /// Rows written.
    pub rows: u64,
    /// Values that are `null`, which clear the stored value. They became empty cells, which are
    /// read as absent unless [`EmptyCell::Null`](crate::EmptyCell::Null) is set.
    pub nulls: u64,
}

pub(super) fn to_csv<'a>(
    members: impl Iterator<Item = &'a Member> + Clone,
    output: impl Write,
) -> io::Result<WriteReport> {
    let mut extras: Vec<&str> = Vec::new();
    let mut known = HashSet::new();
    for (key, _) in members.clone().flat_map(|member| &member.extra) {
        if known.insert(key.as_str()) {
            extras.push(key);
        }
    }
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(FIELDS.iter().map(|info| info.column).chain(extras.iter().copied()))?;
    let mut report = WriteReport::default();
    for member in members {
        for info in FIELDS {
            let value = info.field.get(member);
            report.nulls += u64::from(value.is_null());
            writer.write_field(value.into_value().unwrap_or_default())?;
        }
        for &key in &extras {
            match member.extra.get(key) {
                None => writer.write_field("")?,
                Some(Value::String(text)) => writer.write_field(text)?,
                Some(value) => writer.write_field(value.to_string())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
        report.rows += 1;
    }
    writer.flush()?;
    Ok(report)
}

pub(super) fn to_json<'a>(
    members: impl Iterator<Item = &'a Member>,
    mut output: impl Write,
) -> io::Result<()> {
    output.write_all(b"{\"members\":[")?;
    for (index, member) in members.enumerate() {
        output.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut output, member)?;
    }
    output.write_all(b"\n]}\n")
}

pub(super) fn to_jsonl<'a>(
    members: impl Iterator<Item = &'a Member>,
    mut output: impl Write,
) -> io::Result<()> {
    for member in members {
        serde_json::to_writer(&mut output, member)?;
        output.write_all(b"\n")?;
    }
    Ok(())
}
