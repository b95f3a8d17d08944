//! Ledgers that the harness must reject.
#![allow(clippy::unwrap_used, reason = "test code")]

use serde_json::{Value, json};
use vitable_groups_chaos::{Call, ErrorRecord, Record, Run, Settings, Step, Verdict, blocked_kind};

/// Verifies a ledger from `report` for a round in which nothing was called.
fn verify(report: impl Fn(&Step) -> Option<Record>) -> Verdict {
    let mut run = Run::new(Settings { seed: 7, operations: 200, strict: false });
    let round = run.next_round().unwrap();
    let steps: Vec<Step> = round.plan().workers.iter().flat_map(|w| w.steps.clone()).collect();
    let records: Vec<Record> = steps.iter().filter_map(report).collect();
    run.verify(round, &records)
}

/// Every call failed with this kind, except those that must be blocked before anything is sent.
fn failed(kind: &str, outcome_unknown: bool) -> impl Fn(&Step) -> Option<Record> {
    let kind = kind.to_owned();
    move |step| {
        let due = match &step.call {
            Call::Apply(apply) => blocked_kind(apply),
            _ => None,
        };
        let error = ErrorRecord {
            kind: due.map_or(&*kind, |_| "guard_refused").to_owned(),
            operation: Some("groups.list".to_owned()),
            outcome_unknown: outcome_unknown && due.is_none(),
            details: due.map(|due| json!({ "kind": due })),
            ..ErrorRecord::default()
        };
        Some(Record { id: step.id, error: Some(error), ..Record::default() })
    }
}

/// The problems when every call failed except those that `report` has a result for.
fn problems_of(report: impl Fn(&Call) -> Option<Value>) -> Vec<String> {
    let verdict = verify(|step| match report(&step.call) {
        Some(result) => Some(Record { id: step.id, result, ..Record::default() }),
        None => failed("timeout", false)(step),
    });
    assert!(!verdict.ok);
    verdict.problems
}

fn assert_problem(problems: &[String], text: &str) {
    assert!(problems.iter().any(|problem| problem.contains(text)), "{problems:#?}");
}

#[test]
fn writes_that_never_arrived_are_found() {
    assert_problem(
        &problems_of(|call| match call {
            Call::Create { external_reference_id, name } => Some(json!({
                "id": "grp_1",
                "external_reference_id": external_reference_id,
                "name": name,
            })),
            _ => None,
        }),
        "was reported as created with id grp_1, but the server has None",
    );
    assert_problem(
        &problems_of(|call| match call {
            Call::Update { name, .. } => Some(json!({ "name": name })),
            _ => None,
        }),
        "was reported, possibly",
    );
    assert_problem(
        &problems_of(|call| match call {
            Call::SubmitAndWait { .. } => {
                Some(json!({ "request_id": "req_1", "completed_at": "2026-01-01T00:00:00Z" }))
            }
            _ => None,
        }),
        "req_1 was reported as completed, but is not",
    );
}

#[test]
fn wrong_reads_are_found() {
    assert_problem(
        &problems_of(|call| match call {
            Call::Retrieve { .. } => Some(json!({ "name": "never written" })),
            _ => None,
        }),
        "was never written",
    );
    assert_problem(
        &problems_of(|call| match call {
            Call::Iterate { .. } => Some(json!([{ "id": "grp_1" }, { "id": "grp_1" }])),
            _ => None,
        }),
        "a group is listed twice",
    );
    assert_problem(
        &problems_of(|call| match call {
            Call::Find { .. } => Some(json!({ "id": "grp_1" })),
            _ => None,
        }),
        "was found",
    );
}

#[test]
fn only_errors_of_the_library_pass() {
    let verdict = verify(failed("timeout", true));
    assert_eq!(verdict.problems, ["no call succeeded"]);
    assert_problem(
        &verify(failed("not_found", false)).problems,
        "does not explain the error not_found",
    );
    let foreign = verify(|step| {
        Some(Record { id: step.id, foreign: Some("OSError: gone".into()), ..Record::default() })
    });
    assert_problem(&foreign.problems, "not an error of the library: OSError: gone");
}

#[test]
fn every_step_has_one_record() {
    assert_problem(&verify(|_| None).problems, "has no record");
    let once = failed("timeout", false);
    assert_problem(
        &verify(|step| once(step).map(|record| Record { id: 0, ..record })).problems,
        "two records",
    );
}

#[test]
fn a_call_that_hangs_is_found() {
    let verdict =
        verify(|step| Some(Record { elapsed_ms: 40_000.0, ..failed("timeout", false)(step)? }));
    assert_eq!(verdict.statistics.overruns, 200);
    assert_problem(&verdict.problems, "30 s after its deadline");
}
