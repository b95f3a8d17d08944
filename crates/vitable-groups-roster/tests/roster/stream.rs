//! Streaming a hundred thousand rows in bounded memory.

use std::io::{self, Read};

use vitable_groups_roster::{Checker, Differ, ReadOptions, Rows};

use crate::{HEADER, options};

/// A CSV file generated while it is read.
struct Generated {
    rows: std::ops::Range<u32>,
    pending: Vec<u8>,
}

impl Generated {
    fn new(rows: std::ops::Range<u32>) -> Self {
        Self { rows, pending: format!("{HEADER}\n").into_bytes() }
    }
}

impl Read for Generated {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.pending.is_empty()
            && let Some(n) = self.rows.next()
        {
            // Every 100th row has a bad ZIP code; in the second file, every 1,000th has a new street.
            let street = if self.rows.end > 100_000 && n % 1_000 == 0 { "Oak" } else { "Elm" };
            let zip = if n % 100 == 0 { "6270" } else { "62701" };
            self.pending = format!(
                "EMP-{n:06},Ann{n},Lee,1990-05-15,2175550123,a{n}@example.com,pln_1,{n} {street} Street,,Springfield,IL,{zip}\n"
            )
            .into_bytes();
        }
        let count = self.pending.len().min(out.len());
        out[..count].copy_from_slice(&self.pending[..count]);
        self.pending.drain(..count);
        Ok(count)
    }
}

#[test]
fn a_hundred_thousand_rows_stream_through_check_and_diff() {
    let mut checker = Checker::new(options().max_rows(100_000).max_findings(100));
    let mut differ = Differ::new();
    for row in Rows::new(Generated::new(0..100_000), &ReadOptions::default()).unwrap() {
        differ.add_previous(&row.unwrap());
    }
    let mut last = None;
    for row in Rows::new(Generated::new(500..100_500), &ReadOptions::default()).unwrap() {
        let row = row.unwrap();
        checker.check(&row);
        differ.add_current(&row);
        last = Some((row.row(), row.line()));
    }
    assert_eq!(last, Some((100_000, Some(100_001))));
    let (report, changes) = (checker.finish(), differ.finish());
    assert_eq!((report.rows, report.errors, report.warnings), (100_000, 1_000, 0));
    assert_eq!((report.findings.len(), report.left_out), (100, 900));
    assert_eq!((changes.adds.len(), changes.removals.len()), (500, 500));
    assert_eq!((changes.updates.len(), changes.unchanged), (99, 99_401));
}
