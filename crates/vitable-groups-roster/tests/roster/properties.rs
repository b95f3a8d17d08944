//! Properties that hold for any input.

use proptest::prelude::*;
use vitable_groups_model::{Address, Field, Member, SyncResults};
use vitable_groups_roster::{
    Baseline, DateFormat, EmptyCell, Format, Guard, MaxRemovals, Normalize, Outcome, ReadOptions,
    Roster, Rows, diff,
};

use crate::{HEADER, options};

/// Part of every value that must never be shown.
const CANARY: &str = "Kanarienvogel";

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,20}",
        "\\PC{1,12}",
        "[a-z\"',;|\n\r\t]{1,10}",
        Just("5/4/90".to_owned()),
        Just("1990-05-04".to_owned()),
        Just("(217) 555-0123".to_owned()),
        Just("new york".to_owned()),
        Just("71021234".to_owned()),
        Just("ann@example.com".to_owned()),
    ]
}

fn optional() -> impl Strategy<Value = Field<String>> {
    prop_oneof![Just(Field::Absent), value().prop_map(Field::Value)]
}

prop_compose! {
    fn a_member(references: &'static str)(
        reference in references,
        texts in proptest::collection::vec(value(), 7),
        plan in "pln_[12]",
        optionals in proptest::collection::vec(optional(), 3),
    ) -> Member {
        let mut address = Address::new(&*texts[3], &*texts[4], &*texts[5], &*texts[6]);
        let own = |field: &Field<String>| field.clone().map(Into::into);
        address.address_line_2 = own(&optionals[0]);
        let mut member = Member::new(reference, &*texts[0], &*texts[1], &*texts[2], plan, address);
        member.phone = own(&optionals[1]);
        member.email = own(&optionals[2]);
        member
    }
}

fn members(references: &'static str) -> impl Strategy<Value = Vec<Member>> {
    proptest::collection::vec(a_member(references), 0..12)
}

/// Whether CSV can represent the members: blank values become empty cells.
fn writable(members: &[Member]) -> bool {
    let optional = |field: &Field<_>| match field {
        Field::Value(text) => !{
            let text: &vitable_groups_model::Sensitive<String> = text;
            text.trim().is_empty()
        },
        _ => true,
    };
    members
        .iter()
        .all(|m| optional(&m.phone) && optional(&m.email) && optional(&m.address.address_line_2))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_rejected(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for format in [None, Some(Format::Csv), Some(Format::Json), Some(Format::Jsonl)] {
            if let Ok(roster) = Roster::read_bytes(&bytes, format, &ReadOptions::default()) {
                roster.check(&options());
            }
        }
    }

    #[test]
    fn any_cells_are_read_and_checked(
        body in "([a-zé0-9\"\n\r ,;-]|,,){0,200}",
        latin in any::<bool>(),
        delimiter in "[,;\t|]",
    ) {
        let text = format!("{HEADER}\n{body}").replace(',', &delimiter);
        let bytes: Vec<u8> = if latin {
            text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok()).collect()
        } else {
            text.into_bytes()
        };
        if let Ok(rows) = Rows::new(bytes.as_slice(), &ReadOptions::default()) {
            let lines: Vec<u64> = rows.filter_map(Result::ok).filter_map(|row| row.line()).collect();
            prop_assert!(lines.is_sorted());
            let ends = bytes.iter().filter(|&&byte| byte == b'\n' || byte == b'\r').count() as u64;
            prop_assert!(lines.iter().all(|&line| line >= 2 && line <= ends + 1));
        }
    }

    #[test]
    fn written_files_are_read_back(members in members("E[0-9]{1,3}").prop_filter("blank", |m| writable(m))) {
        let roster = Roster::from_members(members);
        let mut files = [Vec::new(), Vec::new(), Vec::new()];
        let report = roster.to_csv(&mut files[0]).unwrap();
        roster.to_json(&mut files[1]).unwrap();
        roster.to_jsonl(&mut files[2]).unwrap();
        prop_assert_eq!(report.nulls, 0);
        for (file, format) in files.iter().zip([Format::Csv, Format::Json, Format::Jsonl]) {
            // JSON Lines cannot represent an empty roster.
            if format == Format::Jsonl && roster.is_empty() {
                continue;
            }
            let again = Roster::read_bytes(file, Some(format), &ReadOptions::default()).unwrap();
            prop_assert!(again.members().eq(roster.members()), "{format}");
        }
    }

    #[test]
    fn nulls_survive_if_empty_cells_mean_null(mut members in members("E[0-9]{1,3}")) {
        for member in &mut members {
            (member.phone, member.email, member.address.address_line_2) = (Field::Null, Field::Null, Field::Null);
        }
        let roster = Roster::from_members(members);
        let mut file = Vec::new();
        prop_assert_eq!(roster.to_csv(&mut file).unwrap().nulls, 3 * roster.len() as u64);
        let read = ReadOptions::default().empty_cell(EmptyCell::Null);
        prop_assert!(Roster::read_csv(file.as_slice(), &read).unwrap().members().eq(roster.members()));
    }

    #[test]
    fn diffs_are_symmetric(one in members("E[0-9]"), two in members("E[0-9]")) {
        let (one, two) = (Roster::from_members(one), Roster::from_members(two));
        let same = diff(&one, &one);
        prop_assert!(same.is_empty());
        prop_assert_eq!(same.unchanged, same.previous_members);
        let (forward, back) = (diff(&one, &two), diff(&two, &one));
        let sorted = |entries: &[vitable_groups_roster::DiffEntry]| {
            let mut names: Vec<_> = entries.iter().map(|entry| entry.reference_id.clone()).collect();
            names.sort();
            names
        };
        prop_assert_eq!(sorted(&forward.adds), sorted(&back.removals));
        prop_assert_eq!(sorted(&forward.removals), sorted(&back.adds));
        prop_assert_eq!(forward.plan_changes.len(), back.plan_changes.len());
        let kept = forward.previous_members - forward.removals.len() as u64;
        prop_assert_eq!(kept + forward.adds.len() as u64, back.previous_members);
        let mut changed: Vec<_> = forward.updates.iter().map(|u| &u.entry).chain(forward.plan_changes.iter().map(|p| &p.entry)).map(|e| &e.reference_id).collect();
        changed.sort();
        changed.dedup();
        prop_assert_eq!(forward.unchanged + changed.len() as u64, kept);
    }

    #[test]
    fn the_guard_agrees_with_the_diff(one in members("E[0-9]"), two in members("E[0-9]"), limit in 0u64..6) {
        let (one, two) = (Roster::from_members(one), Roster::from_members(two));
        let guard = Guard::new().allow_empty(true).max_removals(MaxRemovals::Count(limit));
        let changes = diff(&one, &two);
        let guard = guard.allow_new_reference_ids(true);
        let baseline = Baseline::Remembered(one.into());
        prop_assert_eq!(guard.check(&baseline, &two).is_ok(), changes.lost() <= limit);
        prop_assert_eq!(guard.check(&baseline, &two), guard.check_diff(&changes).map(|()| changes));
    }

    #[test]
    fn normalization_is_idempotent(members in members(" ?E[0-9] ?")) {
        let all = Normalize::safe()
            .zip(true)
            .dates(DateFormat::ALL.iter().map(|(_, format)| *format))
            .pivot_year(26);
        let mut roster = Roster::from_members(members);
        roster.normalize(&all);
        let once = roster.clone();
        prop_assert_eq!(roster.normalize(&all).total, 0);
        prop_assert_eq!(roster, once);
    }

    #[test]
    fn outcomes_add_up(members in members("E[0-9]{3}"), failed in proptest::collection::vec("E[0-9]{1,3}", 0..8), added in 0usize..12) {
        let roster = Roster::from_members(members);
        let results: SyncResults = serde_json::from_value(serde_json::json!({
            "added_group_member_ids": vec!["grpmbr_1"; added],
            "removed_group_member_ids": [],
            "failures": failed.iter().map(|r| serde_json::json!({"reference_id": r, "operation": "add"})).collect::<Vec<_>>(),
        })).unwrap();
        let outcome = Outcome::join(&roster, Some(&results), &Baseline::Unknown, false);
        prop_assert_eq!(outcome.failures.len() + outcome.other_failures.len(), failed.len());
        let (added, failed) = (outcome.added.unwrap(), outcome.failed.unwrap());
        if added + failed <= outcome.submitted {
            prop_assert_eq!(added + failed + outcome.kept.unwrap(), outcome.submitted);
        }
        let corrected = outcome.corrected(&roster, []).unwrap();
        prop_assert_eq!(corrected.roster, roster);
    }

    #[test]
    fn no_report_shows_a_value(
        fields in proptest::collection::vec((0usize..10, "[ -~]{0,4}"), 1..12),
        as_json in any::<bool>(),
    ) {
        let rows: Vec<Member> = fields.iter().enumerate().map(|(number, (field, pad))| {
            let mut member = crate::member(&format!("E{}", number / 2));
            let text = format!("{CANARY}{pad}");
            match field {
                0 => member.first_name = text.into(),
                1 => member.last_name = text.into(),
                2 => member.date_of_birth = text.into(),
                3 => member.phone = text.into(),
                4 => member.email = text.into(),
                5 => member.address.address_line_1 = text.into(),
                6 => member.address.address_line_2 = text.into(),
                7 => member.address.city = text.into(),
                8 => member.address.state = text.into(),
                _ => member.address.zipcode = text.into(),
            }
            member
        }).collect();
        let mut file = Vec::new();
        let written = Roster::from_members(rows);
        if as_json { written.to_json(&mut file).unwrap(); } else { written.to_csv(&mut file).unwrap(); }
        let mut roster = Roster::read(file.as_slice(), &ReadOptions::default()).unwrap();
        let previous = roster.clone();
        let normalized = roster.normalize(&Normalize::safe().zip(true).dates([DateFormat::MonthDayYear]));
        let report = roster.check(&options());
        let changes = diff(&previous, &roster);
        let outcome = Outcome::join(&roster, None, &Baseline::Previous(previous.into()), true);
        for shown in [
            format!("{roster:?} {:?} {normalized:?} {report:?} {changes:?} {outcome:?}", roster.report()),
            format!("{report} {changes} {outcome} {}", roster.report().unwrap()),
            serde_json::to_string(&(roster.report(), &normalized, &report, &changes, &outcome)).unwrap(),
        ] {
            prop_assert!(!shown.contains(CANARY), "{shown}");
        }
    }
}
