//! Matches the columns of a file to fields.

use std::collections::HashMap;

use super::error::{ReadError, ReadErrorKind};
use super::options::{ColumnMatch, ReadOptions};
use crate::field::{FIELDS, Match, RosterField, match_column};
use crate::mask::printable;

/// How a column is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Field(RosterField),
    Extra(String),
    Unused,
    Nameless,
}

/// The columns of a file, matched to fields.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) order: Vec<Column>,
    pub(crate) matched: Vec<ColumnMatch>,
    pub(crate) unmatched: Vec<String>,
}

/// The number of columns of a header that match a field; used to detect the delimiter.
pub(crate) fn count_matches(header: &[&str], options: &ReadOptions) -> usize {
    header
        .iter()
        .filter(|name| mapped(name, options).is_some() || match_column(name).is_some())
        .count()
}

fn mapped<'a>(name: &str, options: &'a ReadOptions) -> Option<&'a Option<RosterField>> {
    options.columns.get(name).or_else(|| options.columns.get(name.trim()))
}

/// Matches the columns of a header to fields.
pub(crate) fn match_header(
    header: &[&str],
    line: u64,
    options: &ReadOptions,
) -> Result<Columns, ReadError> {
    for name in options.columns.keys() {
        if !header.iter().any(|column| *column == name || column.trim() == name) {
            return Err(ReadError::new(
                ReadErrorKind::Options,
                Some(line),
                format!(
                    "the column mapping names {:?}, which is not in the header",
                    printable(name)
                ),
                "Correct the mapping; names must match the header.",
            ));
        }
    }
    let mut chosen: HashMap<RosterField, (usize, u8)> = HashMap::new();
    for (index, name) in header.iter().enumerate() {
        let Some((field, rank)) = candidate(name, options) else { continue };
        match chosen.get(&field) {
            Some(&(_, other)) if other > rank => {}
            Some(&(first, other)) if other == rank => {
                return Err(ambiguous(field, header, first, index, line));
            }
            _ => {
                chosen.insert(field, (index, rank));
            }
        }
    }
    let order: Vec<Column> = header
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let field = chosen.iter().find(|(_, (at, _))| *at == index).map(|(field, _)| *field);
            match field {
                Some(field) => Column::Field(field),
                None if options.keep_unknown
                    && !name.trim().is_empty()
                    && mapped(name, options).is_none() =>
                {
                    Column::Extra((*name).to_owned())
                }
                None if name.trim().is_empty() => Column::Nameless,
                None => Column::Unused,
            }
        })
        .collect();
    missing(&chosen, header, line, options)?;
    let mut matched: Vec<ColumnMatch> = chosen
        .into_iter()
        .map(|(field, (index, _))| ColumnMatch {
            field,
            column: printable(header.get(index).copied().unwrap_or_default()),
            position: Some(index + 1),
        })
        .collect();
    matched.sort_by_key(|matched| matched.field);
    let unmatched = header
        .iter()
        .zip(&order)
        .filter(|(name, column)| !matches!(column, Column::Field(_)) && !name.trim().is_empty())
        .map(|(name, _)| printable(name))
        .collect();
    Ok(Columns { order, matched, unmatched })
}

/// The field a column may hold, and the rank of the match: the mapping takes precedence.
fn candidate(name: &str, options: &ReadOptions) -> Option<(RosterField, u8)> {
    match mapped(name, options) {
        Some(field) => field.map(|field| (field, 3)),
        None => match_column(name).map(|(field, certainty)| {
            let rank = match certainty {
                Match::Weak => 0,
                Match::Alias => 1,
                Match::Exact => 2,
            };
            (field, rank)
        }),
    }
}

fn ambiguous(
    field: RosterField,
    header: &[&str],
    first: usize,
    second: usize,
    line: u64,
) -> ReadError {
    let name = |index: usize| printable(header.get(index).copied().unwrap_or_default());
    let (one, two) = (name(first), name(second));
    let fix = if one == two {
        "Remove or rename one of them.".to_owned()
    } else {
        format!(
            "Choose one in the column mapping, such as {one:?} -> {field}; the other is then ignored."
        )
    };
    ReadError::new(
        ReadErrorKind::AmbiguousColumns,
        Some(line),
        format!("columns {} ({one:?}) and {} ({two:?}) both match {field}", first + 1, second + 1),
        fix,
    )
}

fn missing(
    chosen: &HashMap<RosterField, (usize, u8)>,
    header: &[&str],
    line: u64,
    options: &ReadOptions,
) -> Result<(), ReadError> {
    let missing: Vec<&str> = FIELDS
        .iter()
        .filter(|info| info.required && !chosen.contains_key(&info.field))
        .filter(|info| info.field != RosterField::PlanId || options.default_plan_id.is_none())
        .map(|info| info.column)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    // The first line of a file without a header is a member: show only names from real headers.
    let (reason, fix) = if chosen.len() < 2 {
        let reason = "the first line does not look like a header".to_owned();
        (reason, "Add a header line with the field names.")
    } else {
        let unused: Vec<String> = header
            .iter()
            .enumerate()
            .filter(|(index, _)| !chosen.values().any(|(at, _)| at == index))
            .take(30)
            .map(|(_, name)| format!("{:?}", printable(name)))
            .collect();
        let reason = match unused.as_slice() {
            [] => "there are no other columns".to_owned(),
            unused => format!("unrecognized columns: {}", unused.join(", ")),
        };
        (
            reason,
            "Add the columns, or map existing columns to these fields; a default plan can fill in plan_id.",
        )
    };
    Err(ReadError::new(
        ReadErrorKind::MissingColumns,
        Some(line),
        format!("no column for {}; {reason}", missing.join(", ")),
        fix,
    ))
}
