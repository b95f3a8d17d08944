//! Checks a roster and compares it with the previous one, row by row, in bounded memory.
//!
//! `cargo run --example roster_check_diff -- previous.csv current.csv 2026-10-01`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs::File;

use vitable_groups::roster::{CheckOptions, Checker, Differ, ReadOptions, Rows};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: roster_check_diff PREVIOUS CURRENT DATE");
    let (previous, current, today) = (next()?, next()?, next()?);

    let options = ReadOptions::default();
    let mut checker = Checker::new(CheckOptions::new(today.parse()?).max_rows(u64::MAX));
    let mut differ = Differ::new();
    for row in Rows::new(File::open(previous)?, &options)? {
        differ.add_previous(&row?);
    }
    let mut rows = Rows::new(File::open(current)?, &options)?;
    for row in rows.by_ref() {
        let row = row?;
        checker.check(&row);
        differ.add_current(&row);
    }
    print!("{}{}{}", rows.report(), checker.finish(), differ.finish());
    Ok(())
}
