//! Input that a lenient reader would guess at: broken quotes, line breaks in cells, repeated keys,
//! truncated files.

use vitable_groups_model::Field;
use vitable_groups_roster::{Format, ReadError, ReadErrorKind, ReadOptions, Roster, Severity};

use crate::{HEADER, csv, found, options};

fn read(text: &str, options: &ReadOptions) -> Result<Roster, ReadError> {
    Roster::read_csv(text.as_bytes(), options)
}

fn row(number: u32, note: &str) -> String {
    format!("E{number},Ann,Lee,1990-05-15,,,pln_1,1 Main Street,,Springfield,IL,62701,{note}\n")
}

/// Six people; a quotation mark on line 3 is not closed, and line 6 has a quoted cell.
fn unclosed_quote() -> String {
    let notes = ["", "\"moved in March", "", "", "\"on leave\"", ""];
    let rows: String = (1..).zip(notes).map(|(number, note)| row(number, note)).collect();
    format!("{HEADER},notes\n{rows}")
}

#[test]
fn an_unclosed_quote_is_rejected_even_if_another_row_seems_to_close_it() {
    for options in [ReadOptions::default(), ReadOptions::default().multi_line_cells(true)] {
        let error = read(&unclosed_quote(), &options).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Syntax);
        assert_eq!((error.line, error.column), (Some(3), Some(67)));
        assert!(error.to_string().contains("lines 3 to 6"), "{error}");
        assert!(!error.to_string().contains("March"), "{error}");
    }
    // The same if the last column is a field.
    let header = HEADER.replace("address_line_2,", "");
    let rows = unclosed_quote()
        .lines()
        .skip(1)
        .map(|row| row.replace("Street,,", "Street,") + "\n")
        .collect::<String>();
    let error =
        read(&format!("{header},address_line_2\n{rows}"), &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("lines 3 to 6"), "{error}");
}

#[test]
fn quote_errors_have_a_line_and_column() {
    let error_in = |row: &str| {
        let text = format!("{HEADER},notes\n{}{row}", self::row(1, ""));
        let error = read(&text, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, ReadErrorKind::Syntax);
        (error.line.unwrap(), error.column.unwrap(), error.message)
    };
    let (line, column, message) = error_in(&row(2, "x").replace("Lee", "\"Lée\"x"));
    assert_eq!((line, column), (3, 13));
    assert!(message.contains("text follows"), "{message}");
    let (line, column, message) = error_in(&row(2, "x").replace("Lee", "Lé\"e"));
    assert_eq!((line, column), (3, 10));
    assert!(message.contains("not quoted"), "{message}");
    let (line, column, message) = error_in(&format!("{}{}\n", row(2, "\"x"), row(3, "")));
    assert_eq!((line, column), (3, 67));
    assert!(message.contains("never closed: lines 3 to 4"), "{message}");
    let (line, column, message) = error_in(&row(2, "\"x"));
    assert_eq!((line, column), (3, 67));
    assert!(message.ends_with("never closed"), "{message}");
}

#[test]
fn a_line_break_in_a_cell_is_an_error_unless_allowed() {
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
fn a_header_that_spans_lines_is_rejected_unless_allowed() {
    let text = format!("{HEADER},\"notes\nof HR\"\n{}", row(1, ""));
    let error = read(&text, &ReadOptions::default()).unwrap_err();
    assert_eq!((error.kind, error.line), (ReadErrorKind::Syntax, Some(1)));
    assert!(error.message.contains("lines 1 to 2"), "{error}");
    assert_eq!(read(&text, &ReadOptions::default().multi_line_cells(true)).unwrap().len(), 1);
}

#[test]
fn a_last_line_without_a_line_break_is_a_warning() {
    let whole = format!("{HEADER},notes\n{}{}", row(1, ""), row(2, "x"));
    let warned = |text: &str, format: Format| {
        let roster =
            Roster::read_bytes(text.as_bytes(), Some(format), &ReadOptions::default()).unwrap();
        let noted = roster.report().unwrap().notes.iter().any(|note| note.contains("line break"));
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
    // A row may start with an empty cell: the index column of a data frame.
    let index = format!(",{HEADER}\n,{}", row(1, "").replace(",\n", "\n"));
    assert_eq!(warned(&index, Format::Csv), []);
    let rules: Vec<_> = warned(&format!("{index},"), Format::Csv);
    assert!(rules.contains(&("row.ragged".to_owned(), Some(2))), "{rules:?}");

    let json = serde_json::to_string(&crate::member("E1")).unwrap();
    assert_eq!(warned(&format!("{json}\n"), Format::Jsonl), []);
    assert_eq!(warned(&json, Format::Jsonl), unterminated(1));
    let truncated = format!("{json}\n{}", &json[..40]);
    let rules: Vec<_> =
        warned(&truncated, Format::Jsonl).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["row.unreadable", "row.unterminated"]);
    let header = csv(HEADER);
    assert!(header.report().unwrap().notes.iter().any(|note| note.contains("line break")));
}

#[test]
fn unusual_bytes_lose_no_line() {
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
fn json_that_is_not_a_roster_is_never_an_empty_roster() {
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
    let twice =
        Roster::read_json(&b"{\"members\": [], \"members\": []}"[..], &ReadOptions::default());
    assert!(twice.unwrap_err().message.contains("occurs twice"));
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
fn line_breaks_in_json_need_the_same_option() {
    let mut member = crate::member("E1");
    member.address.address_line_2 = Field::Value("Flat\n2".to_owned().into());
    let text = serde_json::to_string(&[member]).unwrap();
    for (allowed, rules) in [(false, vec!["field.control".to_owned()]), (true, vec![])] {
        let options = ReadOptions::default().multi_line_cells(allowed);
        let roster = Roster::read_json(text.as_bytes(), &options).unwrap();
        assert_eq!(found(&roster).into_iter().map(|(rule, ..)| rule).collect::<Vec<_>>(), rules);
    }
}
