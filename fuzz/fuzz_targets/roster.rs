//! Any bytes parse as a roster or an error with its location; a parsed roster can be checked and
//! compared without a panic. No nonempty line is lost.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitable_groups::roster::{
    CheckOptions, EmptyCell, Encoding, Format, ReadOptions, Roster, RosterField, Severity, diff,
};

#[path = "../../crates/vitable-groups-roster/tests/roster/lines.rs"]
mod lines;

fn options(choice: u8, switches: u8, delimiter: u8) -> ReadOptions {
    let on = |bit: u8| switches & (1 << bit) != 0;
    let format = [Format::Csv, Format::Json, Format::Jsonl][usize::from(choice) % 3];
    let mut options =
        ReadOptions::default().format(format).multi_line_cells(on(0)).keep_unknown(on(1));
    if on(2) {
        options = options.empty_cell(EmptyCell::Null);
    }
    if on(3) {
        options = options.default_plan_id("pln_1");
    }
    if on(4) {
        options = options.delimiter(char::from(delimiter));
    }
    if on(5) {
        options = options.column("Badge", RosterField::ReferenceId).ignore("Phone");
    }
    let encodings = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Windows1252];
    match encodings.get(usize::from(choice / 3) % 5) {
        Some(&encoding) => options.encoding(encoding),
        None => options,
    }
}

/// Checks that every line of a file is part of a row.
fn nothing_is_lost(bytes: &[u8], options: &ReadOptions, roster: &Roster) {
    let report = roster.report().unwrap();
    let format = report.format;
    if format == Format::Csv {
        let text = lines::text(bytes, report.encoding);
        assert_eq!(lines::lost(&text, report, roster.rows()), Vec::<u64>::new());
    }
    if format == Format::Jsonl {
        let text = lines::text(bytes, report.encoding);
        let nonempty = text.split('\n').filter(|line| !line.trim().is_empty()).count();
        assert_eq!(nonempty, roster.len());
    }
    let mut last = 0;
    for row in roster.rows() {
        let (first, end) = (row.line().unwrap(), row.last_line().unwrap());
        assert!(end >= first && first >= last);
        // Rows of a JSON document may share a line.
        assert!(first > last || format == Format::Json);
        last = end;
        if format == Format::Csv && end > first && !options.multi_line_cells {
            assert!(row.issues().iter().any(|issue| issue.severity == Severity::Error));
        }
    }
}

fuzz_target!(|input: (u8, u8, u8, &[u8])| {
    let (choice, switches, delimiter, bytes) = input;
    let options = options(choice, switches, delimiter);
    let Ok(roster) = Roster::read_bytes(bytes, None, &options) else { return };
    nothing_is_lost(bytes, &options, &roster);
    let today = jiff::civil::date(2026, 1, 15);
    let report = roster.check(&CheckOptions::new(today));
    assert_eq!(report.is_ok(), report.errors == 0);
    assert!(diff(&roster, &roster).removals.is_empty());
});
