//! What the harness must not let pass: ledgers that lie.
#![allow(clippy::unwrap_used, reason = "test code")]

use serde_json::{Value, json};
use vitable_groups_chaos::{Call, ErrorRecord, Record, Run, Settings, Step, Verdict, refusal};

/// Judges the ledger that `tell` writes of a round in which nothing was called.
fn judge(tell: impl Fn(&Step) -> Option<Record>) -> Verdict {
    let mut run = Run::new(Settings { seed: 7, operations: 200, strict: false });
    let round = run.next_round().unwrap();
    let steps: Vec<Step> = round.plan().workers.iter().flat_map(|w| w.steps.clone()).collect();
    let records: Vec<Record> = steps.iter().filter_map(tell).collect();
    run.judge(round, &records)
}

/// Every call failed so, but for those that must be refused before anything is sent.
fn failed(kind: &str, outcome_unknown: bool) -> impl Fn(&Step) -> Option<Record> {
    let kind = kind.to_owned();
    move |step| {
        let due = match &step.call {
            Call::Apply(apply) => refusal(apply),
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

/// Every call failed, but for those that `tell` has something to say of.
fn but_for(tell: impl Fn(&Call) -> Option<Value>) -> Vec<String> {
    let verdict = judge(|step| match tell(&step.call) {
        Some(result) => Some(Record { id: step.id, result, ..Record::default() }),
        None => failed("timeout", false)(step),
    });
    assert!(!verdict.ok);
    verdict.problems
}

fn says(problems: &[String], text: &str) {
    assert!(problems.iter().any(|problem| problem.contains(text)), "{problems:#?}");
}

#[test]
fn writes_that_never_came_are_lost() {
    says(
        &but_for(|call| match call {
            Call::Create { external_reference_id, name } => Some(json!({
                "id": "grp_1",
                "external_reference_id": external_reference_id,
                "name": name,
            })),
            _ => None,
        }),
        "was reported created as grp_1, None is there",
    );
    says(
        &but_for(|call| match call {
            Call::Update { name, .. } => Some(json!({ "name": name })),
            _ => None,
        }),
        "but told",
    );
    says(
        &but_for(|call| match call {
            Call::SubmitAndWait { .. } => {
                Some(json!({ "request_id": "req_1", "completed_at": "2026-01-01T00:00:00Z" }))
            }
            _ => None,
        }),
        "req_1 was reported completed, and is not",
    );
}

#[test]
fn reads_that_are_wrong_are_found() {
    says(
        &but_for(|call| match call {
            Call::Retrieve { .. } => Some(json!({ "name": "never written" })),
            _ => None,
        }),
        "none of those written",
    );
    says(
        &but_for(|call| match call {
            Call::Iterate { .. } => Some(json!([{ "id": "grp_1" }, { "id": "grp_1" }])),
            _ => None,
        }),
        "a group came twice",
    );
    says(
        &but_for(|call| match call {
            Call::Find { .. } => Some(json!({ "id": "grp_1" })),
            _ => None,
        }),
        "was found",
    );
}

#[test]
fn only_errors_of_the_library_pass() {
    let verdict = judge(failed("timeout", true));
    assert_eq!(verdict.problems, ["nothing got through"]);
    says(&judge(failed("not_found", false)).problems, "does not explain the error not_found");
    let foreign = judge(|step| {
        Some(Record { id: step.id, foreign: Some("OSError: gone".into()), ..Record::default() })
    });
    says(&foreign.problems, "not an error of the library: OSError: gone");
}

#[test]
fn every_step_has_one_record() {
    says(&judge(|_| None).problems, "has no record");
    let once = failed("timeout", false);
    says(&judge(|step| once(step).map(|record| Record { id: 0, ..record })).problems, "twice");
}

#[test]
fn a_call_that_does_not_come_back_is_told() {
    let verdict =
        judge(|step| Some(Record { elapsed_ms: 40_000.0, ..failed("timeout", false)(step)? }));
    assert_eq!(verdict.figures.overruns, 200);
    says(&verdict.problems, "30 s after its deadline");
}
