//! Reading: delimiters, encodings, lines, columns, spreadsheet artifacts, errors.

use vitable_groups_model::Field;
use vitable_groups_roster::{
    EmptyCell, Encoding, Format, ReadErrorKind, ReadOptions, Roster, RosterField,
};

use crate::{HEADER, csv, found, member};

const ROW: &str = "E1,Ann,Lee,1990-05-15,,,pln_1,1 Main Street,,Springfield,IL,62701";

fn fails(text: &str, options: &ReadOptions) -> (ReadErrorKind, Option<u64>, String) {
    let error = Roster::read(text.as_bytes(), options).unwrap_err();
    (error.kind, error.line, error.to_string())
}

#[test]
fn common_delimiters_are_detected() {
    for delimiter in [",", ";", "\t", "|"] {
        let text = format!("{HEADER}\n{ROW}\n").replace(',', delimiter);
        let roster = csv(&text);
        assert_eq!(roster.len(), 1);
        assert_eq!(roster.report().unwrap().delimiter.unwrap().to_string(), delimiter);
        assert_eq!(found(&roster), []);
    }
    let declared =
        csv(&format!("sep=;\r\n{}\r\n{}\r\n", HEADER.replace(',', ";"), ROW.replace(',', ";")));
    assert_eq!(declared.rows()[0].line(), Some(3));
}

#[test]
fn commas_in_values_do_not_mislead_detection() {
    let header = HEADER.replace(',', ";");
    let row = "E1;Ann;Lee;1990-05-15;;;pln_1;1 Main Street, Floor 2, Left;;Springfield;IL;62701";
    assert_eq!(found(&csv(&format!("{header}\n{row}\n"))), []);
}

#[test]
fn encodings_are_detected_and_reported() {
    let text = format!("{HEADER}\n{}\n", ROW.replace("Ann", "Zoë"));
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, encoding) in [
        (text.clone().into_bytes(), Encoding::Utf8),
        (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8),
        (latin, Encoding::Windows1252),
        (wide, Encoding::Utf16Le),
    ] {
        let roster = Roster::read(bytes.as_slice(), &ReadOptions::default()).unwrap();
        let report = roster.report().unwrap();
        assert_eq!(report.encoding, encoding);
        assert_eq!(roster.rows()[0].member().first_name.as_str(), "Zoë");
        let noted = report.notes.iter().any(|note| note.contains(&encoding.to_string()));
        assert_eq!(noted, encoding != Encoding::Utf8);
    }
}

#[test]
fn line_numbers_are_those_of_the_file() {
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            HEADER,
            "E1,Ann,\"Lee\nof\nSpringfield\",1990-05-15,,,pln_1,1 Main,,Springfield,IL,62701",
            "",
            "E2,Ann,Lee,1990-05-15,,,pln_1,1 Main,,Springfield,IL,62701",
            ",,,,,,,,,,,",
            "",
            "",
            "E3,Ann,Lee,1990-05-15,,,pln_1,1 Main,,Springfield,IL,62701",
            "",
        ]
        .join(end);
        let roster = csv(&text);
        let locations: Vec<_> = roster.rows().iter().map(|row| (row.row(), row.line())).collect();
        assert_eq!(locations, [(1, Some(2)), (2, Some(6)), (3, Some(10))], "{end:?}");
        assert_eq!(roster.report().unwrap().blank_rows, 4, "{end:?}");
    }
}

#[test]
fn columns_are_matched_and_reported() {
    let text = "Badge,Department,first name,SURNAME,DOB,Home Phone,Mobile,Plan,Street,City,State,ZIP Code\n\
                7,Ops,Ann,Lee,1990-05-15,1,2175550123,pln_1,1 Main,Springfield,IL,62701\n";
    let options = ReadOptions::default().column("Badge", RosterField::ReferenceId);
    let (kind, line, message) = fails(text, &options);
    assert_eq!((kind, line), (ReadErrorKind::AmbiguousColumns, Some(1)));
    assert!(message.contains("\"Home Phone\"") && message.contains("\"Mobile\""), "{message}");

    let roster = Roster::read(text.as_bytes(), &options.clone().ignore("Home Phone")).unwrap();
    let report = roster.report().unwrap();
    assert_eq!(report.unmatched, ["Department", "Home Phone"]);
    let shown: Vec<_> = report
        .columns
        .iter()
        .take(3)
        .map(|c| (c.field.path(), c.column.as_str(), c.position))
        .collect();
    assert_eq!(
        shown,
        [
            ("reference_id", "Badge", Some(1)),
            ("first_name", "first name", Some(3)),
            ("last_name", "SURNAME", Some(4))
        ]
    );
    assert!(roster.rows()[0].member().extra.is_empty());

    let keep = options.column("Mobile", RosterField::Phone).keep_unknown(true);
    let roster = Roster::read(text.as_bytes(), &keep).unwrap();
    let member = roster.rows()[0].member();
    assert_eq!(member.extra.get("Department"), Some(&"Ops".into()));
    assert_eq!(member.phone, "2175550123".to_owned().into());
}

#[test]
fn missing_and_ambiguous_columns_are_reported() {
    let (kind, _, message) =
        fails("Employee ID,First Name,Town Hall\nE1,Ann,x\n", &ReadOptions::default());
    assert_eq!(kind, ReadErrorKind::MissingColumns);
    for part in ["last_name", "zipcode", "\"Town Hall\""] {
        assert!(message.contains(part), "{message}");
    }
    let (kind, _, message) = fails(&format!("{HEADER},email\n"), &ReadOptions::default());
    assert_eq!(kind, ReadErrorKind::AmbiguousColumns);
    assert!(message.contains("columns 6 (\"email\") and 13 (\"email\")"), "{message}");
    let options = ReadOptions::default().column("Nope", RosterField::Email);
    assert_eq!(fails(&format!("{HEADER}\n{ROW}\n"), &options).0, ReadErrorKind::Options);
}

#[test]
fn errors_about_a_missing_header_show_no_data() {
    let (kind, _, message) = fails(&format!("{ROW}\n{ROW}\n"), &ReadOptions::default());
    assert_eq!(kind, ReadErrorKind::MissingColumns);
    assert!(!message.contains("Ann") && !message.contains("1990"), "{message}");
}

#[test]
fn empty_cells_are_absent_or_null() {
    let text = format!("{HEADER}\n{ROW}\n");
    let of = |meaning| {
        let options = ReadOptions::default().empty_cell(meaning);
        Roster::read(text.as_bytes(), &options).unwrap().rows()[0].member().phone.clone()
    };
    assert_eq!(of(EmptyCell::Absent), Field::Absent);
    assert_eq!(of(EmptyCell::Null), Field::Null);
}

#[test]
fn the_default_plan_applies_to_rows_without_one() {
    let text = format!("{HEADER}\n{}\n{}\n", ROW.replace("pln_1", ""), ROW.replace("E1", "E2"));
    let options = ReadOptions::default().default_plan_id("pln_9");
    let roster = Roster::read(text.as_bytes(), &options).unwrap();
    let plans: Vec<_> = roster.members().map(|member| member.plan_id.as_str()).collect();
    assert_eq!(plans, ["pln_9", "pln_1"]);
    assert_eq!(roster.report().unwrap().default_plan_rows, 1);
}

#[test]
fn ragged_rows_are_errors_but_empty_trailing_cells_are_not() {
    let text = format!("{HEADER},,\n{ROW},,\n{ROW}x,,y\n{ROW},,,,\nE9,Ann,Lee\n");
    let roster = csv(&text);
    let ragged: Vec<_> =
        found(&roster).into_iter().filter(|(rule, ..)| rule == "row.ragged").collect();
    assert_eq!(ragged, [("row.ragged".to_owned(), Some(4), Some(5))]);
    let notes = &roster.report().unwrap().notes;
    assert!(
        notes.iter().any(|note| note.contains("column 14 has values but no name")),
        "{notes:?}"
    );
    assert!(notes.iter().any(|note| note.contains("beyond the header")), "{notes:?}");
    let index = csv(&format!(",{HEADER}\n0,{ROW}\n"));
    assert_eq!(found(&index), []);
    assert!(index.report().unwrap().notes[0].contains("column 1 has values but no name"));
    let surplus = csv(&format!("{HEADER}\n{ROW},surplus\n"));
    assert_eq!(found(&surplus)[0].0, "row.ragged");
}

#[test]
fn files_that_are_not_rosters_are_rejected() {
    let options = ReadOptions::default();
    assert_eq!(fails("", &options).0, ReadErrorKind::Empty);
    assert_eq!(fails("\n\n", &options).0, ReadErrorKind::Empty);
    assert_eq!(fails("PK\u{3}\u{4}", &options).0, ReadErrorKind::NotText);
    let open =
        format!("{HEADER}\n{ROW}\nE2,Ann,Lee,1990-05-15,,,pln_1,1 Main,,X,IL,\"62701\n{ROW}\n");
    let (kind, line, _) = fails(&open, &options);
    assert_eq!((kind, line), (ReadErrorKind::Syntax, Some(3)));
    let endless = format!("{HEADER}\nE1,\"{}", "x\n".repeat(2_000_000));
    let (kind, line, _) = fails(&endless, &options);
    assert_eq!((kind, line), (ReadErrorKind::TooLarge, Some(2)));
    let missing = Roster::read_path("no/such/file.csv", &options).unwrap_err();
    assert_eq!(missing.kind, ReadErrorKind::Io);
    assert!(missing.to_string().contains("file.csv could not be opened"), "{missing}");
}

#[test]
fn a_header_alone_is_an_empty_roster() {
    let roster = csv(&format!("{HEADER}\n"));
    assert!(roster.is_empty());
    assert_eq!(found(&roster), [("roster.empty".to_owned(), None, None)]);
}

#[test]
fn the_three_json_layouts_are_read() {
    let one = serde_json::to_string(&member("E1")).unwrap();
    let two = serde_json::to_string(&member("E2")).unwrap();
    for (text, format, lines) in [
        (format!("[\n{one},\n\n{two}]"), Format::Json, [2, 4]),
        (format!("{{\"members\": [{one},\n{two}]}}"), Format::Json, [1, 2]),
        (format!("{one}\n\n{two}\n"), Format::Jsonl, [1, 3]),
    ] {
        let roster = Roster::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!(roster.report().unwrap().format, format);
        assert!(roster.members().eq([&member("E1"), &member("E2")]));
        let at: Vec<_> = roster.rows().iter().map(|row| row.line().unwrap()).collect();
        assert_eq!(at, lines);
    }
}

#[test]
fn json_rows_may_be_flat_and_are_checked_one_by_one() {
    let text = r#"[
        {"Employee ID": "E1", "firstName": "Ann", "Last Name": "Lee", "dob": "1990-05-15", "plan": "pln_1",
         "street": "1 Main", "city": "Springfield", "state": "IL", "zip": 62701, "phone": null, "shoe": 9},
        "x",
        {"reference_id": "E3", "first_name": ["Ann"], "last_name": "Lee", "date_of_birth": "1990-05-15",
         "dob": "1990-05-15", "plan_id": "pln_1", "address": 7}
    ]"#;
    let roster = Roster::read(text.as_bytes(), &ReadOptions::default()).unwrap();
    let first = roster.rows()[0].member();
    assert_eq!((first.address.zipcode.as_str(), first.phone.is_null()), ("62701", true));
    assert_eq!(roster.report().unwrap().unmatched, ["shoe"]);
    let rules: Vec<_> =
        found(&roster).into_iter().map(|(rule, row, _)| (rule, row.unwrap())).collect();
    let rules: Vec<_> = rules.iter().map(|(rule, row)| (rule.as_str(), *row)).collect();
    assert_eq!(
        rules[..4],
        [("field.number", 1), ("row.unreadable", 2), ("field.type", 3), ("field.repeated", 3)]
    );
    assert!(rules.contains(&("city.required", 3)) && !rules.contains(&("first_name.required", 3)));
}

#[test]
fn json_errors_have_a_line_and_quote_no_values() {
    for (text, kind, line) in [
        ("[{\"first_name\": \"Canary\"", ReadErrorKind::Syntax, Some(1)),
        ("{\"members\": \"Canary\"}", ReadErrorKind::Syntax, Some(1)),
        ("[\n\n{\"a\": Canary}]", ReadErrorKind::Syntax, Some(3)),
        ("{\"people\": []}", ReadErrorKind::Syntax, Some(1)),
    ] {
        let (got, at, message) = fails(text, &ReadOptions::default());
        assert_eq!((got, at), (kind, line), "{message}");
        assert!(!message.contains("Canary"), "{message}");
    }
}
