//! Dates of birth in other formats. Ambiguous dates are never guessed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};

/// A date format, specified by a caller who knows the file.
///
/// ```
/// use vitable_groups::roster::DateFormat;
///
/// assert_eq!("mm/dd/yyyy".parse(), Ok(DateFormat::MonthDayYear));
/// assert_eq!(DateFormat::ExcelSerial.to_string(), "excel");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum DateFormat {
    /// `mm/dd/yyyy`, also with `-` or `.` and without leading zeros.
    MonthDayYear,
    /// `dd/mm/yyyy`, also with `-` or `.` and without leading zeros.
    DayMonthYear,
    /// `m/d/yy`: the pivot year determines the century; without one, both are considered.
    MonthDayShortYear,
    /// `yyyymmdd`
    Compact,
    /// An ISO 8601 date and time; the time is dropped.
    DateTime,
    /// A spreadsheet's day number, where 1 is 1900-01-01.
    ExcelSerial,
}

impl DateFormat {
    /// Every format with its name.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("mm/dd/yyyy", Self::MonthDayYear),
        ("dd/mm/yyyy", Self::DayMonthYear),
        ("m/d/yy", Self::MonthDayShortYear),
        ("yyyymmdd", Self::Compact),
        ("datetime", Self::DateTime),
        ("excel", Self::ExcelSerial),
    ];

    /// The dates that a text can mean in this format: none, one, or two.
    fn read(self, text: &str, pivot: Option<i16>, today: Option<Date>) -> Vec<Date> {
        match self {
            Self::MonthDayYear => {
                parts(text, 4).and_then(|[m, d, y]| day(y, m, d)).into_iter().collect()
            }
            Self::DayMonthYear => {
                parts(text, 4).and_then(|[d, m, y]| day(y, m, d)).into_iter().collect()
            }
            Self::MonthDayShortYear => {
                let Some([m, d, y]) = parts(text, 2) else { return Vec::new() };
                let centuries: &[i16] = match pivot {
                    Some(pivot) if y > pivot => &[1900],
                    Some(_) => &[2000],
                    None => &[1900, 2000],
                };
                centuries
                    .iter()
                    .filter_map(|century| day(century + y, m, d))
                    .filter(|date| pivot.is_some() || today.is_none_or(|today| *date <= today))
                    .collect()
            }
            Self::Compact => {
                let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = |range| text.get(range).and_then(|part: &str| part.parse().ok());
                match (digits, number(0..4), number(4..6), number(6..8)) {
                    (true, Some(y), Some(m), Some(d)) => day(y, m, d).into_iter().collect(),
                    _ => Vec::new(),
                }
            }
            Self::DateTime => match text.split_at_checked(10) {
                Some((date, time)) if is_time(time) => {
                    crate::value::date(date).into_iter().collect()
                }
                _ => Vec::new(),
            },
            Self::ExcelSerial => serial(text).into_iter().collect(),
        }
    }
}

/// The meaning of a text in all the given formats.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// One date.
    Date(Date),
    /// Two dates or more.
    Ambiguous,
    /// Not a date.
    None,
}

pub(super) fn read(
    text: &str,
    formats: &[DateFormat],
    pivot: Option<i16>,
    today: Option<Date>,
) -> Parsed {
    let mut days: Vec<Date> =
        formats.iter().flat_map(|format| format.read(text.trim(), pivot, today)).collect();
    days.sort_unstable();
    days.dedup();
    match days.as_slice() {
        [] => Parsed::None,
        [date] => Parsed::Date(*date),
        _ => Parsed::Ambiguous,
    }
}

/// Three numbers with the same separator between them, the last with `year_digits` digits.
fn parts(text: &str, year_digits: usize) -> Option<[i16; 3]> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '/' | '-' | '.') {
        return None;
    }
    let mut parts = text.split(separator);
    let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
    };
    let fits =
        parts.next().is_none() && one.len() <= 2 && two.len() <= 2 && year.len() == year_digits;
    if fits { Some([number(one)?, number(two)?, number(year)?]) } else { None }
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn is_time(text: &str) -> bool {
    let mut rest = text.chars();
    matches!(rest.next(), Some('T' | 't' | ' '))
        && text.len() > 3
        && rest.all(|c| c.is_ascii_digit() || ":.,+-Zz ".contains(c))
}

/// Spreadsheets count a February 29, 1900, which did not exist, so later days are off by one.
fn serial(text: &str) -> Option<Date> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    if whole.is_empty() || whole.len() > 5 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = whole.parse().ok()?;
    let shift = match number {
        1..=59 => 0,
        61.. => 1,
        _ => return None,
    };
    let days = jiff::Span::new().try_days(number - shift).ok()?;
    jiff::civil::date(1899, 12, 31).checked_add(days).ok()
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(_, format)| format == self).map(|(name, _)| *name);
        f.write_str(name.unwrap_or_default())
    }
}

/// The text is not the name of a date format.
///
/// ```
/// use vitable_groups::roster::DateFormat;
///
/// assert!("stardate".parse::<DateFormat>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown date format; use mm/dd/yyyy, dd/mm/yyyy, m/d/yy, yyyymmdd, datetime or excel")]
#[non_exhaustive]
pub struct UnknownDateFormat;

impl FromStr for DateFormat {
    type Err = UnknownDateFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim()));
        found.map(|(_, format)| *format).ok_or(UnknownDateFormat)
    }
}

impl TryFrom<String> for DateFormat {
    type Error = UnknownDateFormat;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl Serialize for DateFormat {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::DateFormat::{
        Compact, DateTime, DayMonthYear, ExcelSerial, MonthDayShortYear, MonthDayYear,
    };
    use super::*;

    fn parse(text: &str, formats: &[DateFormat]) -> Parsed {
        read(text, formats, None, Some(date(2026, 10, 1)))
    }

    #[test]
    fn one_format_gives_one_date() {
        for (text, format, day) in [
            ("05/04/1990", MonthDayYear, date(1990, 5, 4)),
            ("5-4-1990", MonthDayYear, date(1990, 5, 4)),
            ("05/04/1990", DayMonthYear, date(1990, 4, 5)),
            ("05.04.1990", DayMonthYear, date(1990, 4, 5)),
            ("19900504", Compact, date(1990, 5, 4)),
            ("1990-05-04T00:00:00Z", DateTime, date(1990, 5, 4)),
            ("1990-05-04 00:00:00.000", DateTime, date(1990, 5, 4)),
            ("5/4/90", MonthDayShortYear, date(1990, 5, 4)),
            ("32997", ExcelSerial, date(1990, 5, 4)),
            ("1", ExcelSerial, date(1900, 1, 1)),
            ("59", ExcelSerial, date(1900, 2, 28)),
            ("61", ExcelSerial, date(1900, 3, 1)),
        ] {
            assert_eq!(parse(text, &[format]), Parsed::Date(day), "{text} {format}");
        }
    }

    #[test]
    fn ambiguous_dates_are_not_guessed() {
        let both = [MonthDayYear, DayMonthYear];
        assert_eq!(parse("05/04/1990", &both), Parsed::Ambiguous);
        assert_eq!(parse("05/05/1990", &both), Parsed::Date(date(1990, 5, 5)));
        assert_eq!(parse("25/04/1990", &both), Parsed::Date(date(1990, 4, 25)));
        assert_eq!(parse("5/4/24", &[MonthDayShortYear]), Parsed::Ambiguous);
        let pivot = |text| read(text, &[MonthDayShortYear], Some(26), None);
        assert_eq!(pivot("5/4/24"), Parsed::Date(date(2024, 5, 4)));
        assert_eq!(pivot("5/4/27"), Parsed::Date(date(1927, 5, 4)));
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "May 4, 1990",
            "13/13/1990",
            "05/04-1990",
            "1/2/3/1990",
            "60",
            "999999",
            "1990-05-04Tx",
            "é/é/éé",
            "-1",
        ] {
            let all: Vec<DateFormat> = DateFormat::ALL.iter().map(|(_, format)| *format).collect();
            assert_eq!(parse(text, &all), Parsed::None, "{text}");
        }
    }
}
