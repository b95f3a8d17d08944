//! Every rule, each tested with a row that breaks only that rule.

use std::collections::BTreeSet;

use vitable_groups_model::{Field, Member};
use vitable_groups_roster::{
    DateFormat, Normalize, RULES, ReadOptions, Roster, RosterField, Severity,
};

use crate::{csv, found, member, options};

/// A rule, the path of its finding, and how to break it.
type Vector = (&'static str, &'static str, fn(&mut Member));

fn long() -> String {
    "x".repeat(256)
}

const VECTORS: &[Vector] = &[
    ("reference_id.required", "reference_id", |m| m.reference_id.clear()),
    ("reference_id.too_long", "reference_id", |m| m.reference_id = long()),
    ("reference_id.whitespace", "reference_id", |m| m.reference_id.push(' ')),
    ("reference_id.whitespace", "reference_id", |m| m.reference_id.insert(0, '\u{a0}')),
    ("reference_id.invisible", "reference_id", |m| m.reference_id.push('\u{200b}')),
    ("reference_id.confusable", "reference_id", |m| m.reference_id.push('\u{2011}')),
    ("first_name.required", "first_name", |m| m.first_name = "".into()),
    ("first_name.required", "first_name", |m| m.first_name = "  ".into()),
    ("first_name.too_long", "first_name", |m| m.first_name = long().into()),
    ("last_name.required", "last_name", |m| m.last_name = "".into()),
    ("last_name.too_long", "last_name", |m| m.last_name = long().into()),
    ("field.whitespace", "last_name", |m| m.last_name = " Lee".into()),
    ("field.control", "first_name", |m| m.first_name = "An\0n".into()),
    ("field.control", "plan_id", |m| m.plan_id.push('\u{7f}')),
    ("field.control", "address.city", |m| m.address.city = "Spring\nfield".into()),
    ("field.invisible", "last_name", |m| m.last_name = "Le\u{200b}e".into()),
    ("date_of_birth.required", "date_of_birth", |m| m.date_of_birth = "".into()),
    ("date_of_birth.format", "date_of_birth", |m| m.date_of_birth = "05/15/1990".into()),
    ("date_of_birth.invalid", "date_of_birth", |m| m.date_of_birth = "1990-02-30".into()),
    ("date_of_birth.future", "date_of_birth", |m| m.date_of_birth = "2026-10-02".into()),
    ("date_of_birth.age", "date_of_birth", |m| m.date_of_birth = "1890-05-15".into()),
    ("phone.invalid", "phone", |m| m.phone = "555-0123".to_owned().into()),
    ("phone.invalid", "phone", |m| m.phone = String::new().into()),
    ("phone.country", "phone", |m| m.phone = "+44 20 7946 0958".to_owned().into()),
    ("phone.format", "phone", |m| m.phone = "(217) 555-0123".to_owned().into()),
    ("email.invalid", "email", |m| m.email = "ann.example.com".to_owned().into()),
    ("plan_id.required", "plan_id", |m| m.plan_id.clear()),
    ("plan_id.unknown", "plan_id", |m| m.plan_id.push('9')),
    ("address_line_1.required", "address.address_line_1", |m| m.address.address_line_1 = "".into()),
    ("address_line_1.too_long", "address.address_line_1", |m| {
        m.address.address_line_1 = long().into();
    }),
    ("address_line_2.too_long", "address.address_line_2", |m| {
        m.address.address_line_2 = long().into();
    }),
    ("city.required", "address.city", |m| m.address.city = "".into()),
    ("city.too_long", "address.city", |m| m.address.city = long().into()),
    ("state.required", "address.state", |m| m.address.state = "".into()),
    ("state.unknown", "address.state", |m| m.address.state = "Illinois".into()),
    ("state.unknown", "address.state", |m| m.address.state = "il".into()),
    ("zipcode.required", "address.zipcode", |m| m.address.zipcode = "".into()),
    ("zipcode.format", "address.zipcode", |m| m.address.zipcode = "7102".into()),
];

/// Rules about more than one member or about the file, which have tests of their own.
const OTHER_RULES: &[&str] = &[
    "roster.too_many_rows",
    "roster.empty",
    "row.ragged",
    "row.unreadable",
    "row.unterminated",
    "cell.line_break",
    "field.type",
    "field.number",
    "field.repeated",
    "reference_id.duplicate",
    "reference_id.similar",
    "date_of_birth.ambiguous",
    "person.duplicate",
];

#[test]
fn each_rule_can_be_broken_alone() {
    for (rule, field, damage) in VECTORS {
        let mut bad = member("E4");
        damage(&mut bad);
        let roster = Roster::from_members([member("E1"), member("E2"), member("E3"), bad]);
        let report = roster.check(&options().plan_ids(["pln_1", "pln_1\u{7f}"]));
        let [finding] = report.findings.as_slice() else { panic!("{rule}: {report}") };
        assert_eq!((finding.rule.id(), finding.row), (*rule, Some(4)));
        assert_eq!(finding.path, format!("members[3].{field}"));
        assert_eq!(report.is_ok(), finding.severity == Severity::Warning);
        assert_eq!(report.by_rule[rule], 1);
        assert!(!finding.message.is_empty() && finding.fix.ends_with('.'), "{finding}");
    }
}

#[test]
fn each_rule_has_a_test() {
    let tested: BTreeSet<&str> =
        VECTORS.iter().map(|(rule, ..)| *rule).chain(OTHER_RULES.iter().copied()).collect();
    let rules: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(rules, tested);
}

#[test]
fn a_good_row_has_no_findings_and_limits_are_inclusive() {
    let mut edge = member(&"x".repeat(255));
    edge.first_name = "é".repeat(255).into();
    edge.date_of_birth = "2026-10-01".into();
    edge.phone = Field::Null;
    edge.email = Field::Absent;
    edge.address.zipcode = "62701-1234".into();
    assert_eq!(found(&Roster::from_members([member("E1"), edge])), []);
}

#[test]
fn all_findings_are_reported_at_once() {
    let text = "reference_id,first_name,last_name,dob,phone,plan_id,street,city,state,zip\n\
                ,,,,12,,,,ZZ,1\n";
    let rules: Vec<_> = found(&csv(text)).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(
        rules,
        [
            "reference_id.required",
            "first_name.required",
            "last_name.required",
            "date_of_birth.required",
            "phone.invalid",
            "plan_id.required",
            "address_line_1.required",
            "city.required",
            "state.unknown",
            "zipcode.format"
        ]
    );
}

#[test]
fn duplicates_refer_to_the_first_row() {
    let mut third = member("e1 ");
    third.email = Field::Absent;
    let mut twin = member("E9");
    twin.email = "E1@EXAMPLE.COM".to_owned().into();
    let roster = Roster::from_members([member("E1"), member("E1"), third, twin]);
    let report = roster.check(&options());
    let found: Vec<_> = report.findings.iter().map(|f| (f.rule.id(), f.row.unwrap())).collect();
    assert_eq!(
        found,
        [
            ("reference_id.duplicate", 2),
            ("reference_id.whitespace", 3),
            ("reference_id.similar", 3),
            ("person.duplicate", 4)
        ]
    );
    assert!(report.findings[0].message.ends_with("the same as in row 1"));
}

fn reference_id_findings(reference: &str) -> Vec<(&'static str, String)> {
    let mut other = member(reference);
    other.email = Field::Absent;
    let report = Roster::from_members([member("E1"), other]).check(&options());
    report
        .findings
        .into_iter()
        .map(|finding| {
            assert_eq!((finding.severity, finding.row), (Severity::Error, Some(2)));
            (finding.rule.id(), finding.message)
        })
        .collect()
}

#[test]
fn misleading_characters_in_reference_ids_are_errors() {
    for hidden in "\0\u{7}\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{202e}\u{2060}\u{2066}\u{feff}\u{fe0f}\u{e0041}\u{2028}".chars() {
        for (reference, at) in [(format!("E{hidden}2"), 2), (format!("{hidden}x"), 1)] {
            let found = reference_id_findings(&reference);
            if found.first().is_some_and(|(rule, _)| *rule == "reference_id.whitespace") {
                continue;
            }
            let [(rule, message)] = found.as_slice() else { panic!("{reference:?}: {found:?}") };
            assert_eq!(*rule, "reference_id.invisible", "{reference:?}");
            let named = format!("U+{:04X}", u32::from(hidden));
            assert!(message.contains(&named) && message.contains(&format!("character {at},")), "{message}");
        }
    }
    let confusable = "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{a0}\u{2009}\u{3000}\u{ff10}\u{ff25}\u{301}\u{2019}\u{1d404}РеΕα\u{fffd}";
    for c in confusable.chars() {
        let found = reference_id_findings(&format!("E{c}2"));
        let [(rule, message)] = found.as_slice() else { panic!("{c:?}: {found:?}") };
        assert_eq!(*rule, "reference_id.confusable", "{c:?}");
        assert!(message.contains(&format!("U+{:04X}", u32::from(c))), "{message}");
        assert!(message.contains("character 2,"), "{message}");
    }
    for (reference, position) in [
        (" E2", "U+0020 SPACE at character 1"),
        ("E2\u{a0}", "U+00A0 NO-BREAK SPACE at character 3"),
    ] {
        let found = reference_id_findings(reference);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].0 == "reference_id.whitespace" && found[0].1.contains(position),
            "{found:?}"
        );
    }
    for reference in
        ["Zoë-2", "Ünal", "日本 7", "EMP 2", "社員A7", "Иванов-7", "Ωμέγα", "a/b_c.d:e#f'g"]
    {
        assert_eq!(reference_id_findings(reference), [], "{reference}");
    }
}

#[test]
fn lookalikes_are_errors_only_among_latin_reference_ids() {
    let rules = |references: &[&str]| {
        let members = references.iter().map(|reference| {
            let mut member = member(reference);
            member.email = Field::Absent;
            member
        });
        found(&Roster::from_members(members))
            .into_iter()
            .map(|(rule, row, _)| (rule, row.unwrap()))
            .collect::<Vec<_>>()
    };
    let confusable = |row| [("reference_id.confusable".to_owned(), row)];
    assert_eq!(rules(&["E-1", "Е-2"]), confusable(2));
    assert_eq!(rules(&["Е-1", "12", "E-2"]), confusable(1));
    assert_eq!(rules(&["АВ-1", "БГ-2", "12"]), []);
}

#[test]
fn rows_and_findings_are_limited() {
    let rows = (0..6).map(|number| {
        let mut m = member(&format!("E{number}"));
        m.address.state = "ZZ".into();
        m
    });
    let report = Roster::from_members(rows).check(&options().max_rows(5).max_findings(3));
    assert_eq!((report.errors, report.findings.len(), report.left_out), (7, 3, 4));
    assert_eq!(report.by_rule["roster.too_many_rows"], 1);
}

#[test]
fn values_are_masked() {
    let mut bad = member("E1");
    bad.date_of_birth = "05/15/1990".into();
    bad.first_name = " Ann".into();
    let report = Roster::from_members([bad]).check(&options());
    let values: Vec<_> = report.findings.iter().map(|f| f.value.as_deref().unwrap()).collect();
    assert_eq!(values, ["4 characters", "99/99/9999"]);
}

#[test]
fn an_ambiguous_date_is_reported_until_it_is_resolved() {
    let mut bad = member("E1");
    bad.date_of_birth = "05/04/1990".into();
    let mut roster = Roster::from_members([bad]);
    let both = Normalize::default().dates([DateFormat::MonthDayYear, DateFormat::DayMonthYear]);
    for _ in 0..2 {
        let report = roster.normalize(&both);
        assert_eq!((report.total, report.findings.len()), (0, 1));
        assert_eq!(found(&roster), [("date_of_birth.ambiguous".to_owned(), Some(1), None)]);
    }
    let one = Normalize::default().dates([DateFormat::DayMonthYear]);
    assert_eq!(roster.normalize(&one).total, 1);
    assert_eq!(roster.rows()[0].member().date_of_birth.as_str(), "1990-04-05");
    assert_eq!(found(&roster), []);
}

#[test]
fn normalization_reports_its_changes() {
    let mut bad = member(" E1 ");
    bad.phone = "+1 (217) 555-0123".to_owned().into();
    bad.email = "   ".to_owned().into();
    bad.address.state = "illinois".into();
    bad.address.zipcode = "627011234".into();
    let mut roster = Roster::from_members([bad]);
    let report = roster.normalize(&Normalize::safe().zip(true));
    let changes: Vec<_> =
        report.changes.iter().map(|c| (c.field, c.rule, c.from.as_str(), c.to.as_str())).collect();
    assert_eq!(
        changes,
        [
            (RosterField::ReferenceId, "trim", " E1 ", "E1"),
            (RosterField::Phone, "phone", "+9 (999) 999-9999", "9999999999"),
            (RosterField::Email, "trim", "   ", ""),
            (RosterField::State, "state", "xxxxxxxx", "xx"),
            (RosterField::Zipcode, "zip", "999999999", "99999-9999"),
        ]
    );
    assert!(roster.rows()[0].member().email.is_absent());
    assert_eq!(found(&roster), []);
    assert_eq!(roster.normalize(&Normalize::safe()).total, 0);
}

#[test]
fn options_can_be_deserialized() {
    let read: ReadOptions = serde_json::from_value(serde_json::json!({
        "columns": {"Badge": "reference_id", "Home Phone": null}, "empty_cell": "null", "delimiter": ";"
    }))
    .unwrap();
    assert_eq!(read.columns["Badge"], Some(RosterField::ReferenceId));
    let normalize: Normalize =
        serde_json::from_value(serde_json::json!({"dates": ["mm/dd/yyyy"], "phone": true}))
            .unwrap();
    assert_eq!(normalize.dates, [DateFormat::MonthDayYear]);
    let check: vitable_groups_roster::CheckOptions =
        serde_json::from_value(serde_json::json!({"today": "2026-10-01"})).unwrap();
    assert_eq!(check, options());
    assert!(serde_json::from_value::<Normalize>(serde_json::json!({"fones": true})).is_err());
}
