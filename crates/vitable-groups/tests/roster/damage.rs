//! Damaged files: whatever one byte does, nobody disappears in silence.

use proptest::prelude::*;
use vitable_groups::model::Field;
use vitable_groups::roster::{
    EmptyCell, Encoding, Format, ReadError, ReadErrorKind, ReadOptions, Roster, RosterField, Row,
    Rows, Severity,
};

use crate::lines::{lost, text};
use crate::{HEADER, csv, found, options};

fn read(text: &str, options: &ReadOptions) -> Result<Roster, ReadError> {
    Roster::read_csv(text.as_bytes(), options)
}

fn row(number: u32, note: &str) -> String {
    format!("E{number},Ann,Lee,1990-05-15,,,pln_1,1 Main Street,,Springfield,IL,62701,{note}\n")
}

/// Six people; a quotation mark in line 3 is not closed, and line 6 has a quoted cell.
fn open_quote() -> String {
    let notes = ["", "\"moved in March", "", "", "\"on leave\"", ""];
    let rows: String = (1..).zip(notes).map(|(number, note)| row(number, note)).collect();
    format!("{HEADER},notes\n{rows}")
}

#[test]
fn an_open_quote_that_another_row_seems_to_close_is_refused() {
    for options in [ReadOptions::default(), ReadOptions::default().multi_line_cells(true)] {
        let error = read(&open_quote(), &options).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Syntax);
        assert_eq!((error.line, error.column), (Some(3), Some(67)));
        assert!(error.to_string().contains("lines 3 to 6"), "{error}");
        assert!(!error.to_string().contains("March"), "{error}");
    }
    // The same where the last column is a field.
    let header = HEADER.replace("address_line_2,", "");
    let rows = open_quote()
        .lines()
        .skip(1)
        .map(|row| row.replace("Street,,", "Street,") + "\n")
        .collect::<String>();
    let error =
        read(&format!("{header},address_line_2\n{rows}"), &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("lines 3 to 6"), "{error}");
}

#[test]
fn broken_quotes_are_placed() {
    let place = |row: &str| {
        let text = format!("{HEADER},notes\n{}{row}", self::row(1, ""));
        let error = read(&text, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Syntax);
        (error.line.unwrap(), error.column.unwrap(), error.message)
    };
    let (line, column, message) = place(&row(2, "x").replace("Lee", "\"Lée\"x"));
    assert_eq!((line, column), (3, 13));
    assert!(message.contains("text follows"), "{message}");
    let (line, column, message) = place(&row(2, "x").replace("Lee", "Lé\"e"));
    assert_eq!((line, column), (3, 10));
    assert!(message.contains("not quoted"), "{message}");
    let (line, column, message) = place(&format!("{}{}\n", row(2, "\"x"), row(3, "")));
    assert_eq!((line, column), (3, 67));
    assert!(message.contains("never closed: lines 3 to 4"), "{message}");
    let (line, column, message) = place(&row(2, "\"x"));
    assert_eq!((line, column), (3, 67));
    assert!(message.ends_with("never closed"), "{message}");
}

#[test]
fn a_line_break_in_a_cell_is_an_error_unless_it_is_allowed() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("{HEADER},notes\n{}{}", row(1, "\"a\nb\n\"\"c\"\"\""), row(2, ""));
        let text = text.replace('\n', end);
        let roster = csv(&text);
        assert_eq!(found(&roster), [("cell.line_break".to_owned(), Some(1), Some(2))], "{end:?}");
        let report = roster.check(&options());
        assert_eq!(report.findings[0].severity, Severity::Error);
        assert!(report.findings[0].message.contains("lines 2 to 4"), "{}", report.findings[0]);
        assert_eq!((roster.rows()[0].last_line(), roster.rows()[1].line()), (Some(4), Some(5)));

        let allowed = read(&text, &ReadOptions::default().multi_line_cells(true)).unwrap();
        assert_eq!(found(&allowed), []);
        assert_eq!(allowed.rows()[0].last_line(), Some(4));
    }
    let street = row(1, "").replace("1 Main Street", "\"1 Main Street\nFlat\u{7} 2\"");
    let text = format!("{HEADER},notes\n{street}");
    let roster = read(&text, &ReadOptions::default().multi_line_cells(true)).unwrap();
    assert_eq!(found(&roster), [("field.control".to_owned(), Some(1), Some(2))]);
}

#[test]
fn a_header_that_spans_lines_is_refused_unless_it_is_allowed() {
    let text = format!("{HEADER},\"notes\nof HR\"\n{}", row(1, ""));
    let error = read(&text, &ReadOptions::default()).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(1)));
    assert!(error.message.contains("lines 1 to 2"), "{error}");
    assert_eq!(read(&text, &ReadOptions::default().multi_line_cells(true)).unwrap().len(), 1);
}

#[test]
fn a_last_line_without_end_is_a_warning() {
    let whole = format!("{HEADER},notes\n{}{}", row(1, ""), row(2, "x"));
    let warned = |text: &str, format: Format| {
        let roster =
            Roster::read_bytes(text.as_bytes(), Some(format), &ReadOptions::default()).unwrap();
        let noted = roster.report().unwrap().notes.iter().any(|note| note.contains("no line end"));
        let found: Vec<_> = found(&roster).into_iter().map(|(rule, row, _)| (rule, row)).collect();
        assert_eq!(noted, found.iter().any(|(rule, _)| rule == "row.unterminated"));
        found
    };
    let unterminated = |row| [("row.unterminated".to_owned(), Some(row))];
    assert_eq!(warned(&whole, Format::Csv), []);
    assert_eq!(warned(whole.trim_end(), Format::Csv), unterminated(2));
    assert_eq!(warned(&format!("{whole}  "), Format::Csv), []);
    let dos = whole.replace('\n', "\r\n");
    assert_eq!(warned(&dos, Format::Csv), []);
    assert_eq!(warned(dos.strip_suffix('\n').unwrap(), Format::Csv), unterminated(2));
    assert_eq!(warned(&whole.replace('\n', "\r"), Format::Csv), []);
    // A row may begin with empty cells: the index column of a data frame.
    let index = format!(",{HEADER}\n,{}", row(1, "").replace(",\n", "\n"));
    assert_eq!(warned(&index, Format::Csv), []);
    let rules: Vec<_> = warned(&format!("{index},"), Format::Csv);
    assert!(rules.contains(&("row.ragged".to_owned(), Some(2))), "{rules:?}");

    let json = serde_json::to_string(&crate::member("E1")).unwrap();
    assert_eq!(warned(&format!("{json}\n"), Format::Jsonl), []);
    assert_eq!(warned(&json, Format::Jsonl), unterminated(1));
    let cut = format!("{json}\n{}", &json[..40]);
    let rules: Vec<_> = warned(&cut, Format::Jsonl).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["row.unreadable", "row.unterminated"]);
    let header = csv(HEADER);
    assert!(header.report().unwrap().notes.iter().any(|note| note.contains("no line end")));
}

#[test]
fn odd_bytes_lose_no_line() {
    let rules = |text: &str| {
        let roster = csv(text);
        let lines: Vec<_> = roster.rows().iter().map(|row| row.line().unwrap()).collect();
        (lines, found(&roster).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>())
    };
    let file = |rows: &[&str]| format!("{HEADER},notes\n{}", rows.concat());
    let (one, two) = (row(1, ""), row(2, ""));
    for (text, lines, rule) in [
        (file(&[&one, "\0\n", &two]), vec![2, 3, 4], "row.ragged"),
        (file(&[&one, "\u{feff}", &two]), vec![2, 3], "reference_id.invisible"),
        (file(&[&one, "\u{1a}\n"]), vec![2, 3], "row.ragged"),
        (file(&[&one, &format!("{HEADER},notes\n"), &two]), vec![2, 3, 4], "date_of_birth.format"),
        (file(&[&one.replace("Lee", "L\ree"), &two]), vec![2, 3, 4], "row.ragged"),
        (file(&[&one.replace('\n', "\0"), &two]), vec![2], "row.ragged"),
        (file(&[&one.replace("Lee", "L\0ee"), &two]), vec![2, 3], "field.control"),
    ] {
        let (got, found) = rules(&text);
        assert_eq!(got, lines, "{text:?}");
        assert!(found.iter().any(|found| found == rule), "{text:?}: {found:?}");
    }
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("sep=;\n\n{}", file(&[&one, &two]).replace(',', ";")).replace('\n', end);
        assert_eq!(rules(&text), (vec![4, 5], vec![]), "{end:?}");
    }
    let error = read("sep=\"\nreference_id\n", &ReadOptions::default()).unwrap_err();
    assert_eq!(error.kind, ReadErrorKind::Options);
}

#[test]
fn a_repeated_key_is_an_error() {
    let good = serde_json::to_string(&crate::member("E1")).unwrap();
    for (from, to, path) in [
        (
            "\"reference_id\":\"E1\"",
            "\"reference_id\":\"E1\",\"reference_id\":\"E2\"",
            "members[0].reference_id",
        ),
        ("\"city\":", "\"city\":\"Reno\",\"city\":", "members[0].address.city"),
        ("\"address\":", "\"address\":{},\"address\":", "members[0]"),
        ("\"last_name\":", "\"shoe\":1,\"shoe\":1,\"last_name\":", "members[0]"),
        ("\"last_name\":", "\"shoe\":{\"a\":1,\"a\":2},\"last_name\":", "members[0]"),
    ] {
        let row = good.replacen(from, to, 1);
        assert_ne!(row, good);
        for (text, format) in
            [(format!("[{row}]"), Format::Json), (format!("{row}\n"), Format::Jsonl)]
        {
            let roster =
                Roster::read_bytes(text.as_bytes(), Some(format), &ReadOptions::default()).unwrap();
            let report = roster.check(&options());
            let finding = report.findings.iter().find(|f| f.rule.id() == "field.repeated").unwrap();
            assert_eq!((finding.severity, finding.path.as_str()), (Severity::Error, path));
            assert_eq!(roster.rows()[0].member().reference_id, "E1");
        }
    }
}

#[test]
fn json_that_is_no_roster_is_never_an_empty_one() {
    for text in [
        "{\"members\": null}",
        "{}",
        "null",
        "{\"members\": [], \"members\": []}",
        "{\"members\": [], \"\\u006dembers\": []}",
        "{\"members\": {}}",
        "[] []",
        "",
        " \n",
        "\u{feff}",
    ] {
        for format in [None, Some(Format::Json)] {
            let read = Roster::read_bytes(text.as_bytes(), format, &ReadOptions::default());
            assert!(read.is_err(), "{text:?} {format:?}");
        }
    }
    for text in ["", "\n", " \n\n "] {
        let error = Roster::read_jsonl(text.as_bytes(), &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Empty);
    }
    for text in ["[]", "{\"members\": []}"] {
        assert!(Roster::read_json(text.as_bytes(), &ReadOptions::default()).unwrap().is_empty());
    }
    for text in ["[null]", "[[]]", "[{}]", "{\"members\": [null]}"] {
        let roster = Roster::read_json(text.as_bytes(), &ReadOptions::default()).unwrap();
        assert!(!roster.check(&options()).is_ok(), "{text}");
    }
}

#[test]
fn line_breaks_in_json_need_the_same_leave() {
    let mut member = crate::member("E1");
    member.address.address_line_2 = Field::Value("Flat\n2".to_owned().into());
    let text = serde_json::to_string(&[member]).unwrap();
    for (allowed, rules) in [(false, vec!["field.control".to_owned()]), (true, vec![])] {
        let options = ReadOptions::default().multi_line_cells(allowed);
        let roster = Roster::read_json(text.as_bytes(), &options).unwrap();
        assert_eq!(found(&roster).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>(), rules);
    }
}

/// Twenty people, with whatever makes quoting hard.
fn twenty(random: &mut fastrand::Rng) -> String {
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
    let noted = random.bool();
    let mut file = "reference_id,last_name,first_name,date_of_birth,plan_id,address_line_1,city,state,zipcode,address_line_2".to_owned();
    file.push_str(if noted { ",notes\n" } else { "\n" });
    for number in 1..=20 {
        let name = random.choice(names).unwrap();
        let street = random.choice(streets).unwrap();
        file.push_str(&format!("E{number},{name},Ann,1990-05-15,p,1 Main,Reno,NV,89501,{street}"));
        if noted {
            file.push(',');
            file.push_str(random.choice(notes).unwrap());
        }
        file.push('\n');
    }
    file.replace('\n', random.choice(["\n", "\r\n", "\r"]).unwrap())
}

/// One byte more or less, or the rest gone.
fn damage(file: &str, random: &mut fastrand::Rng) -> String {
    let mut bytes = file.as_bytes().to_vec();
    match random.u8(0..5) {
        0 | 1 => {
            let byte = random.choice(*b"\"\"\",\r\n").unwrap();
            bytes.insert(random.usize(..=bytes.len()), byte);
        }
        2 | 3 => {
            let special = |byte: &u8| matches!(byte, b'"' | b',' | b'\r' | b'\n');
            let places: Vec<_> = (0..bytes.len()).filter(|&at| special(&bytes[at])).collect();
            // Quotation marks are rarer and worse.
            let quotes: Vec<_> = places.iter().copied().filter(|&at| bytes[at] == b'"').collect();
            let from = if random.bool() && !quotes.is_empty() { quotes } else { places };
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
fn of_40000_damaged_files_none_loses_anybody_in_silence() {
    let mut random = fastrand::Rng::with_seed(20_261_001);
    let mut file = String::new();
    let (mut refused, mut found, mut good) = (0, 0, 0);
    for number in 0..40_000 {
        if number % 100 == 0 {
            file = twenty(&mut random);
            assert_eq!(csv(&file).check(&options()).findings, []);
        }
        let damaged = damage(&file, &mut random);
        match accepted(&damaged, &ReadOptions::default()) {
            Accepted::Refused => refused += 1,
            Accepted::Found => found += 1,
            Accepted::People(people) => {
                good += 1;
                let blank = |line: &&str| line.trim_matches(['"', ',']).is_empty();
                let lines = damaged.split(['\r', '\n']).filter(|line| !blank(line)).count();
                assert_eq!(people + 1, lines, "{damaged}");
            }
        }
        // Where cells may have lines, those that begin like a person count.
        if number % 4 == 0
            && let Accepted::People(people) =
                accepted(&damaged, &ReadOptions::default().multi_line_cells(true))
        {
            let begins = |line: &&str| line.starts_with('E') && line.contains(',');
            assert_eq!(people, damaged.split(['\r', '\n']).filter(begins).count(), "{damaged}");
        }
    }
    println!("{refused} refused, {found} with errors, {good} without");
    assert!(refused > 10_000 && found > 5_000 && good > 500);
}

enum Accepted {
    Refused,
    Found,
    People(usize),
}

fn accepted(text: &str, options: &ReadOptions) -> Accepted {
    let Ok(roster) = read(text, options) else { return Accepted::Refused };
    let is_error = |row: &Row| row.issues().iter().any(|issue| issue.severity == Severity::Error);
    if roster.rows().iter().any(is_error) || !roster.check(&crate::options()).is_ok() {
        Accepted::Found
    } else {
        Accepted::People(roster.len())
    }
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
    fn every_line_is_in_a_row_or_found(
        (badge, file) in a_file(),
        delimiter in prop_oneof![Just(','), Just(';'), Just('\t'), Just('|'), Just('~')],
        encoding in prop_oneof![Just(Encoding::Utf8), Just(Encoding::Utf16Le), Just(Encoding::Utf16Be), Just(Encoding::Windows1252)],
        switches in 0u8..64,
        damage in proptest::option::of((any::<prop::sample::Index>(), "[\",\r\n]?")),
    ) {
        let on = |bit: u8| switches & (1 << bit) != 0;
        let mut file = file.replace(',', &delimiter.to_string());
        if let Some((at, byte)) = damage {
            let places: Vec<usize> = file.char_indices().map(|(at, _)| at).collect();
            let at = *at.get(&places);
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
