//! Any bytes are a roster or an error that names the place; what was read can be checked, compared
//! and written without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitable_groups::roster::{Format, ReadOptions, Roster, RosterOptions, diff};

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let format = [Format::Csv, Format::Json, Format::Jsonl][usize::from(choice) % 3];
    let Ok(roster) = Roster::read_bytes(bytes, Some(format), &ReadOptions::default()) else { return };
    let today = jiff::civil::date(2026, 1, 15);
    let report = roster.check(&RosterOptions::new(today));
    assert_eq!(report.is_ok(), report.errors == 0);
    assert!(diff(&roster, &roster).removals.is_empty());
});
