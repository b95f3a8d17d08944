//! How a roster file is read.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use vitable_groups::roster::{DateFormat, EmptyCell, Format, Normalize, ReadOptions, RosterField};

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Roster file")]
pub(crate) struct CheckOptions {
    /// csv, json or jsonl, if the file's name and content do not show it
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// The delimiter of a CSV file, if its header does not show it; `tab` is a tab
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub(crate) delimiter: Option<char>,
    /// Which field a column holds, as in 'Badge No=reference_id'; repeat for more columns
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = mapping)]
    pub(crate) map: Vec<(String, RosterField)>,
    /// Do not read this column; repeat for more columns
    #[arg(long, value_name = "COLUMN")]
    pub(crate) ignore_column: Vec<String>,
    /// Put rows that name no plan on this one
    #[arg(long, value_name = "PLAN")]
    pub(crate) default_plan: Option<String>,
    /// Put values into the form that the API takes; `safe` is trim, phone and state
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) normalize: Vec<Normalizing>,
    /// Read birth dates in this format, such as mm/dd/yyyy; repeat for more formats
    #[arg(long, value_name = "FORMAT", value_parser = date_format)]
    pub(crate) date_format: Vec<DateFormat>,
    /// Two-digit years above this one are 19xx, others 20xx
    #[arg(long, value_name = "YY", requires = "date_format", value_parser = clap::value_parser!(i16).range(0..=99))]
    pub(crate) pivot_year: Option<i16>,
    /// Let an empty phone, email or second address line clear what the server has
    #[arg(long)]
    pub(crate) clear_empty: bool,
    /// Allow line breaks inside cells; without this they are errors, as stray quotation marks make
    /// them
    #[arg(long)]
    pub(crate) multi_line_cells: bool,
}

/// What is put into the form that the API takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Normalizing {
    /// White space around values, phones and states: what cannot go wrong
    Safe,
    /// Remove whitespace around values
    Trim,
    /// Phones become ten digits
    Phone,
    /// Names of states become their codes
    State,
    /// ZIP codes get back the zeros that a spreadsheet dropped
    Zip,
}

impl CheckOptions {
    pub(crate) fn normalizing(&self, today: Date) -> Normalize {
        let mut normalize = Normalize {
            dates: self.date_format.clone(),
            pivot_year: self.pivot_year,
            today: Some(today),
            ..Normalize::default()
        };
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

    pub(crate) fn reading(&self) -> ReadOptions {
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
        format!("the formats are {}", names.join(", "))
    })
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut chars = text.chars();
    match (text, chars.next(), chars.next()) {
        ("tab" | "\\t", ..) => Ok('\t'),
        (_, Some(delimiter), None) => Ok(delimiter),
        _ => Err("use one character, or tab".to_owned()),
    }
}

fn mapping(text: &str) -> Result<(String, RosterField), String> {
    // Column names may contain the sign; field names do not.
    let (column, field) = text
        .rsplit_once('=')
        .filter(|(column, _)| !column.is_empty())
        .ok_or("write COLUMN=FIELD, as in 'Badge No=reference_id'")?;
    let field = field.trim().parse().map_err(|_| {
        let fields: Vec<_> = RosterField::all().map(RosterField::column).collect();
        format!("{field} is no field; the fields are {}", fields.join(", "))
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
