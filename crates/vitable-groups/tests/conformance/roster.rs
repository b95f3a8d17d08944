//! Steps on rosters, which send nothing.

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
struct Tidy {
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
struct Brake {
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

fn given(
    previous: Option<Vec<Member>>,
    first_sync: bool,
) -> Result<Baseline, vitable_groups::roster::GuardRefusal> {
    Baseline::given(previous.map(|members| Roster::from_members(members).into()), first_sync)
}

pub(crate) fn play(call: &str, params: Value) -> Result<Outcome, String> {
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
                .map_err(|error| normal::unreadable(&error))
        }
        "roster.check" => {
            let Check { members, text, options } = parse(params)?;
            let read = ReadOptions::default();
            match text {
                Some(text) => Roster::read(text.as_bytes(), &read),
                None => Ok(Roster::from_values(members, &read)),
            }
            .map(|roster| json!(roster.check(&options)))
            .map_err(|error| normal::unreadable(&error))
        }
        "roster.normalize" => {
            let Tidy { members, options } = parse(params)?;
            let mut roster = Roster::from_members(members);
            let report = roster.normalize(&options);
            Ok(json!({ "members": roster.members().collect::<Vec<_>>(), "report": report }))
        }
        "roster.diff" => {
            let Compare { previous, current } = parse(params)?;
            Ok(json!(diff(&Roster::from_members(previous), &Roster::from_members(current))))
        }
        "roster.guard" => {
            let Brake { previous, first_sync, current, options } = parse(params)?;
            given(previous, first_sync)
                .and_then(|baseline| options.check(&baseline, &Roster::from_members(current)))
                .map(|_| Value::Null)
                .map_err(|refusal| normal::refused(&refusal))
        }
        "roster.outcome" => {
            let Join { members, results, previous, first_sync, repeated } = parse(params)?;
            let roster = Roster::from_members(members);
            given(previous, first_sync)
                .map(|known| {
                    json!(RosterOutcome::join(&roster, results.as_ref(), &known, repeated))
                })
                .map_err(|refusal| normal::refused(&refusal))
        }
        "roster.after" => {
            let Join { members, results, previous, first_sync, repeated } = parse(params)?;
            let roster = Roster::from_members(members);
            given(previous, first_sync)
                .map(|known| {
                    let results = results.as_ref();
                    let outcome = RosterOutcome::join(&roster, results, &known, repeated);
                    let after = outcome.group_after(&roster, &known);
                    json!(after.map(|after| json!({
                        "members": after.members().collect::<Vec<_>>(),
                    })))
                })
                .map_err(|refusal| normal::refused(&refusal))
        }
        "roster.corrected" => {
            let Correct { members, results, replacements } = parse(params)?;
            let roster = Roster::from_members(members);
            let outcome = RosterOutcome::join(&roster, Some(&results), &Baseline::Unknown, false);
            let named = replacements.into_iter().map(|row| (row.reference_id.clone(), row));
            outcome
                .corrected(&roster, named)
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
