//! Steps on rosters, which make no calls.

use serde::Deserialize;
use serde_json::{Value, json};
use vitable_groups::model::{Member, SyncResults};
use vitable_groups::roster::{
    Baseline, CheckOptions, Guard, Normalize, Outcome as RosterOutcome, ReadOptions, Roster, diff,
};

use crate::call::{Outcome, parse};
use crate::normal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    text: String,
    #[serde(default)]
    options: ReadOptions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Check {
    #[serde(default)]
    members: Vec<Value>,
    text: Option<String>,
    options: CheckOptions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NormalizeParams {
    members: Vec<Member>,
    options: Normalize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compare {
    previous: Vec<Member>,
    current: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GuardParams {
    previous: Option<Vec<Member>>,
    #[serde(default)]
    first_sync: bool,
    current: Vec<Member>,
    #[serde(default)]
    options: Guard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    members: Vec<Member>,
    results: Option<SyncResults>,
    previous: Option<Vec<Member>>,
    #[serde(default)]
    first_sync: bool,
    #[serde(default)]
    repeated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correct {
    members: Vec<Member>,
    results: SyncResults,
    replacements: Vec<Member>,
}

fn baseline(
    previous: Option<Vec<Member>>,
    first_sync: bool,
) -> Result<Baseline, vitable_groups::roster::GuardRefusal> {
    Baseline::from_options(previous.map(|members| Roster::from_members(members).into()), first_sync)
}

pub(crate) fn run(call: &str, params: Value) -> Result<Outcome, String> {
    let result = match call {
        "roster.read" => {
            let Read { text, options } = parse(params)?;
            Roster::read(text.as_bytes(), &options)
                .map(|roster| {
                    json!({
                        "members": roster.members().collect::<Vec<_>>(),
                        "report": roster.report(),
                    })
                })
                .map_err(|error| normal::read_error(&error))
        }
        "roster.check" => {
            let Check { members, text, options } = parse(params)?;
            let read = ReadOptions::default();
            match text {
                Some(text) => Roster::read(text.as_bytes(), &read),
                None => Ok(Roster::from_values(members, &read)),
            }
            .map(|roster| json!(roster.check(&options)))
            .map_err(|error| normal::read_error(&error))
        }
        "roster.normalize" => {
            let NormalizeParams { members, options } = parse(params)?;
            let mut roster = Roster::from_members(members);
            let report = roster.normalize(&options);
            Ok(json!({ "members": roster.members().collect::<Vec<_>>(), "report": report }))
        }
        "roster.diff" => {
            let Compare { previous, current } = parse(params)?;
            Ok(json!(diff(&Roster::from_members(previous), &Roster::from_members(current))))
        }
        "roster.guard" => {
            let GuardParams { previous, first_sync, current, options } = parse(params)?;
            baseline(previous, first_sync)
                .and_then(|baseline| options.check(&baseline, &Roster::from_members(current)))
                .map(|_| Value::Null)
                .map_err(|refusal| normal::guard_error(&refusal))
        }
        "roster.outcome" => {
            let Join { members, results, previous, first_sync, repeated } = parse(params)?;
            let roster = Roster::from_members(members);
            baseline(previous, first_sync)
                .map(|baseline| {
                    json!(RosterOutcome::join(&roster, results.as_ref(), &baseline, repeated))
                })
                .map_err(|refusal| normal::guard_error(&refusal))
        }
        "roster.after" => {
            let Join { members, results, previous, first_sync, repeated } = parse(params)?;
            let roster = Roster::from_members(members);
            baseline(previous, first_sync)
                .map(|baseline| {
                    let results = results.as_ref();
                    let outcome = RosterOutcome::join(&roster, results, &baseline, repeated);
                    let after = outcome.group_after(&roster, &baseline);
                    json!(after.map(|after| json!({
                        "members": after.members().collect::<Vec<_>>(),
                    })))
                })
                .map_err(|refusal| normal::guard_error(&refusal))
        }
        "roster.corrected" => {
            let Correct { members, results, replacements } = parse(params)?;
            let roster = Roster::from_members(members);
            let outcome = RosterOutcome::join(&roster, Some(&results), &Baseline::Unknown, false);
            let replacements = replacements.into_iter().map(|row| (row.reference_id.clone(), row));
            outcome
                .corrected(&roster, replacements)
                .map(|corrected| {
                    json!({
                        "members": corrected.roster.members().collect::<Vec<_>>(),
                        "replaced": corrected.replaced,
                        "still_failing": corrected.still_failing,
                    })
                })
                .map_err(|error| json!({ "kind": "invalid_argument", "text": error.to_string() }))
        }
        other => return Err(format!("there is no call {other}")),
    };
    Ok(Outcome::of(result))
}
