//! Options for reading a roster file.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use vitable_groups::roster::{DateFormat, EmptyCell, Format, Normalize, ReadOptions, RosterField};

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Roster file")]
pub(crate) struct RosterOptions {
    /// Read the file as csv, json or jsonl instead of detecting its format
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Split CSV lines at this character instead of detecting it; `tab` is a tab
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub(crate) delimiter: Option<char>,
    /// Read a column as a field, as in 'Badge No=reference_id'; repeat for more columns
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = mapping)]
    pub(crate) map: Vec<(String, RosterField)>,
    /// Ignore this column; repeat for more columns
    #[arg(long, value_name = "COLUMN")]
    pub(crate) ignore_column: Vec<String>,
    /// Use this plan for rows without a plan
    #[arg(long, value_name = "PLAN")]
    pub(crate) default_plan: Option<String>,
    /// Convert values to the form the API accepts; `safe` is trim, phone and state
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) normalize: Vec<Normalizing>,
    /// Read dates of birth in this format, such as mm/dd/yyyy; repeat for more formats
    #[arg(long, value_name = "FORMAT", value_parser = date_format)]
    pub(crate) date_format: Vec<DateFormat>,
    /// Read two-digit years above this one as 19xx, others as 20xx
    #[arg(long, value_name = "YY", requires = "date_format", value_parser = clap::value_parser!(i16).range(0..=99))]
    pub(crate) pivot_year: Option<i16>,
    /// Clear the value on the server if a phone, email or second address line is empty
    #[arg(long)]
    pub(crate) clear_empty: bool,
    /// Allow line breaks inside cells; by default they are errors, often caused by a stray
    /// quotation mark
    #[arg(long)]
    pub(crate) multi_line_cells: bool,
}

/// A kind of normalization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Normalizing {
    /// Apply trim, phone and state, which never change the meaning of a value
    Safe,
    /// Remove leading and trailing whitespace
    Trim,
    /// Write phone numbers as ten digits
    Phone,
    /// Replace state names with their codes
    State,
    /// Restore leading zeros that a spreadsheet dropped from ZIP codes
    Zip,
}

impl RosterOptions {
    pub(crate) fn normalize_options(&self, today: Date) -> Normalize {
        let mut normalize = Normalize::default().dates(self.date_format.clone()).today(today);
        normalize.pivot_year = self.pivot_year;
        for what in &self.normalize {
            match what {
                Normalizing::Safe => {
                    let safe = Normalize::safe();
                    normalize.trim |= safe.trim;
                    normalize.phone |= safe.phone;
                    normalize.state |= safe.state;
                }
                Normalizing::Trim => normalize.trim = true,
                Normalizing::Phone => normalize.phone = true,
                Normalizing::State => normalize.state = true,
                Normalizing::Zip => normalize.zip = true,
            }
        }
        normalize
    }

    pub(crate) fn read_options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.format = self.format;
        options.delimiter = self.delimiter;
        options.default_plan_id.clone_from(&self.default_plan);
        options.multi_line_cells = self.multi_line_cells;
        if self.clear_empty {
            options.empty_cell = EmptyCell::Null;
        }
        for (column, field) in &self.map {
            options = options.column(column, *field);
        }
        for column in &self.ignore_column {
            options = options.ignore(column);
        }
        options
    }
}

fn date_format(text: &str) -> Result<DateFormat, String> {
    text.parse().map_err(|_| {
        let names: Vec<_> = DateFormat::ALL.iter().map(|(name, _)| *name).collect();
        format!("use one of {}", names.join(", "))
    })
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (text, chars.next(), chars.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(delimiter), None) => Ok(delimiter),
        _ => Err("use a single character or `tab`".to_owned()),
    }
}

fn mapping(text: &str) -> Result<(String, RosterField), String> {
    // Column names may contain an equals sign; field names do not.
    let (column, field) = text
        .rsplit_once('=')
        .filter(|(column, _)| !column.is_empty())
        .ok_or("use COLUMN=FIELD, as in 'Badge No=reference_id'")?;
    let field = field.trim().parse().map_err(|_| {
        let fields: Vec<_> = RosterField::all().map(RosterField::column).collect();
        format!("{field} is not a field; use one of {}", fields.join(", "))
    })?;
    Ok((column.to_owned(), field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings() {
        assert_eq!(mapping("a=b=state"), Ok(("a=b".to_owned(), RosterField::State)));
        assert!(mapping("Badge=badge").unwrap_err().contains("reference_id"));
        assert!(mapping("=state").is_err());
        assert!(mapping("state").is_err());
    }

    #[test]
    fn delimiters() {
        assert_eq!(delimiter("tab"), Ok('\t'));
        assert_eq!(delimiter(";"), Ok(';'));
        assert!(delimiter(";;").is_err());
        assert!(delimiter("").is_err());
    }
}
