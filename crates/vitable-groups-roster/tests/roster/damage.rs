//! Damaged files: no one-byte change or truncation silently loses a row.

use std::fmt::Write as _;

use proptest::prelude::*;
use vitable_groups_roster::{
    Checker, EmptyCell, Encoding, Format, ReadOptions, RosterField, Rows, Severity,
};

use crate::lines::{lost, text};
use crate::{HEADER, csv, options};

/// A file of twenty people, with cells that are hard to quote.
fn twenty_people(random: &mut fastrand::Rng) -> String {
    let notes = [
        "",
        "",
        "",
        "on leave",
        "\"on leave\"",
        "\"a, b\"",
        "\"\"",
        "\"say \"\"hi\"\"\"",
        "\", then\"",
    ];
    let names = ["Lee", "Lee", "\"Lee\"", "\"Lee, Jr\"", "\"L\"\"ee\""];
    let streets = ["", "", "\"Flat 2\"", "\"\"", "Flat 2"];
    let has_notes = random.bool();
    let mut file = "reference_id,last_name,first_name,date_of_birth,plan_id,address_line_1,city,state,zipcode,address_line_2".to_owned();
    file.push_str(if has_notes { ",notes\n" } else { "\n" });
    for number in 1..=20 {
        let name = random.choice(names).unwrap();
        let street = random.choice(streets).unwrap();
        write!(file, "E{number},{name},Ann,1990-05-15,p,1 Main,Reno,NV,89501,{street}").unwrap();
        if has_notes {
            file.push(',');
            file.push_str(random.choice(notes).unwrap());
        }
        file.push('\n');
    }
    file.replace('\n', random.choice(["\n", "\r\n", "\r"]).unwrap())
}

/// Inserts or removes one byte, or truncates the file.
fn damage(file: &str, random: &mut fastrand::Rng) -> String {
    let mut bytes = file.as_bytes().to_vec();
    match random.u8(0..5) {
        0 | 1 => {
            let byte = random.choice(*b"\"\"\",\r\n").unwrap();
            bytes.insert(random.usize(..=bytes.len()), byte);
        }
        2 | 3 => {
            let special = |byte: &u8| matches!(byte, b'"' | b',' | b'\r' | b'\n');
            let positions: Vec<_> = (0..bytes.len()).filter(|&at| special(&bytes[at])).collect();
            // Quotation marks are rarer and do more damage.
            let quotes: Vec<_> =
                positions.iter().copied().filter(|&at| bytes[at] == b'"').collect();
            let from = if random.bool() && !quotes.is_empty() { quotes } else { positions };
            bytes.remove(random.choice(from).unwrap());
        }
        _ => {
            let quotes: Vec<_> = (0..bytes.len()).filter(|&at| bytes[at] == b'"').collect();
            let near = random.choice(quotes).unwrap_or_default();
            let at = if random.bool() { near + 1 } else { random.usize(..bytes.len()) };
            bytes.truncate(at);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn damaged_files_never_lose_rows_silently() {
    let mut random = fastrand::Rng::with_seed(20_261_001);
    let mut file = String::new();
    let (mut rejected, mut invalid, mut valid) = (0, 0, 0);
    for number in 0..40_000 {
        if number % 100 == 0 {
            file = twenty_people(&mut random);
            assert_eq!(csv(&file).check(&options()).findings, []);
        }
        let damaged = damage(&file, &mut random);
        // Detecting the delimiter is the slowest part.
        let comma = ReadOptions::default().delimiter(',');
        let options = if number % 10 == 0 { ReadOptions::default() } else { comma.clone() };
        match read(&damaged, &options) {
            Verdict::Rejected => rejected += 1,
            Verdict::Invalid => invalid += 1,
            Verdict::Valid(people) => {
                valid += 1;
                let blank = |line: &&str| line.trim_matches(['"', ',']).is_empty();
                let lines = damaged.split(['\r', '\n']).filter(|line| !blank(line)).count();
                assert_eq!(people + 1, lines, "{damaged}");
            }
        }
        // With multi-line cells, count the lines that start like a row.
        if number % 4 == 0
            && let Verdict::Valid(people) = read(&damaged, &comma.multi_line_cells(true))
        {
            let is_row = |line: &&str| line.starts_with('E') && line.contains(',');
            assert_eq!(people, damaged.split(['\r', '\n']).filter(is_row).count(), "{damaged}");
        }
    }
    println!("{rejected} rejected, {invalid} with errors, {valid} without");
    assert!(rejected > 10_000 && invalid > 5_000 && valid > 500);
}

enum Verdict {
    /// The file cannot be read.
    Rejected,
    /// The file has errors.
    Invalid,
    /// The file has this many rows and no errors.
    Valid(usize),
}

fn read(text: &str, options: &ReadOptions) -> Verdict {
    let Ok(rows) = Rows::new(text.as_bytes(), options) else { return Verdict::Rejected };
    let mut people = Vec::new();
    for row in rows {
        let Ok(row) = row else { return Verdict::Rejected };
        if row.issues().iter().any(|issue| issue.severity == Severity::Error) {
            return Verdict::Invalid;
        }
        people.push(row);
    }
    let mut checker = Checker::new(crate::options());
    for row in &people {
        checker.check(row);
    }
    if checker.finish().is_ok() { Verdict::Valid(people.len()) } else { Verdict::Invalid }
}

fn a_line() -> impl Strategy<Value = String> {
    let full = "E[0-9]{1,3},[a-zé ]{0,4},Lee,1990-05-15,,,pln_1,1 Main,,Reno,NV,89501";
    prop_oneof![
        4 => full,
        2 => "E[0-9],\"[a-z,\n\r]{0,6}(\"\")?\",Lee,1990-05-15,,,p,1 Main,\"\",Reno,NV,\"89501\"",
        1 => Just(HEADER.to_owned()),
        1 => "[,;\t \"]{0,12}",
        1 => "[a-zé0-9\"\n\r ,;\0\u{feff}-]{0,30}",
        1 => "\"[^\"]{0,20}\"(,\"[a-z \n]{0,4}\"){0,12}",
        1 => Just(String::new()),
    ]
}

prop_compose! {
    fn a_file()(
        before in prop_oneof![4 => Just(""), 1 => Just("\n\n"), 1 => Just("sep=,\n"), 1 => Just("\u{feff}"), 1 => Just(",,\n")],
        badge in any::<bool>(),
        extra in prop_oneof![3 => Just(""), 1 => Just(",notes"), 1 => Just(",\"no\ntes\""), 1 => Just(",,")],
        lines in proptest::collection::vec(a_line(), 0..12),
        end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
        closed in any::<bool>(),
    ) -> (bool, String) {
        let header = if badge { HEADER.replace("reference_id", "Badge") } else { HEADER.to_owned() };
        let mut text = format!("{before}{header}{extra}\n{}", lines.join("\n"));
        if closed { text.push('\n'); }
        (badge, text.replace('\n', end))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn every_line_is_in_a_row_or_reported(
        (badge, file) in a_file(),
        delimiter in prop_oneof![Just(','), Just(';'), Just('\t'), Just('|'), Just('~')],
        encoding in prop_oneof![Just(Encoding::Utf8), Just(Encoding::Utf16Le), Just(Encoding::Utf16Be), Just(Encoding::Windows1252)],
        switches in 0u8..64,
        damage in proptest::option::of((any::<prop::sample::Index>(), "[\",\r\n]?")),
    ) {
        let on = |bit: u8| switches & (1 << bit) != 0;
        let mut file = file.replace(',', &delimiter.to_string());
        if let Some((at, byte)) = damage {
            let positions: Vec<usize> = file.char_indices().map(|(at, _)| at).collect();
            let at = *at.get(&positions);
            if byte.is_empty() { file.remove(at); } else { file.insert_str(at, &byte); }
        }
        let bytes: Vec<u8> = match encoding {
            Encoding::Utf16Le => file.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => file.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Windows1252 => file.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect(),
            _ => file.into_bytes(),
        };
        let mut options = ReadOptions::default().format(Format::Csv).multi_line_cells(on(0)).keep_unknown(on(1));
        if on(2) { options = options.empty_cell(EmptyCell::Null); }
        if on(3) { options = options.default_plan_id("pln_9"); }
        if on(4) || delimiter == '~' { options = options.delimiter(delimiter); }
        if on(5) { options = options.encoding(encoding); }
        if badge { options = options.column("Badge", RosterField::ReferenceId); }
        let Ok(mut rows) = Rows::new(bytes.as_slice(), &options) else { return Ok(()) };
        let read: Result<Vec<_>, _> = rows.by_ref().collect();
        let Ok(read) = read else { return Ok(()) };
        let report = rows.report();
        prop_assert_eq!(lost(&text(&bytes, report.encoding), &report, &read), Vec::<u64>::new());
        let mut last = 0;
        for row in &read {
            let (first, end) = (row.line().unwrap(), row.last_line().unwrap());
            prop_assert!(first > last && end >= first);
            last = end;
            let found = row.issues().iter().any(|issue| issue.rule.id() == "cell.line_break");
            prop_assert_eq!(found, end > first && !on(0));
        }
    }
}
