//! Steps on rosters, which send nothing.

use serde::Deserialize;
use serde_json::{Value, json};
use vitable_groups::model::{Member, SyncResults};
use vitable_groups::roster::{
    Guard, Normalize, Outcome as RosterOutcome, ReadOptions, Roster, RosterOptions, diff,
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
    options: RosterOptions,
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
    current: Vec<Member>,
    #[serde(default)]
    options: Guard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    members: Vec<Member>,
    results: SyncResults,
    previous: Option<Vec<Member>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correct {
    members: Vec<Member>,
    results: SyncResults,
    replacements: Vec<Member>,
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
            let Brake { previous, current, options } = parse(params)?;
            let previous = previous.map(Roster::from_members);
            options
                .check(previous.as_ref(), &Roster::from_members(current))
                .map(|()| Value::Null)
                .map_err(|refusal| normal::refused(&refusal))
        }
        "roster.outcome" => {
            let Join { members, results, previous } = parse(params)?;
            let previous = previous.map(Roster::from_members);
            Ok(json!(RosterOutcome::join(
                &Roster::from_members(members),
                &results,
                previous.as_ref()
            )))
        }
        "roster.corrected" => {
            let Correct { members, results, replacements } = parse(params)?;
            let roster = Roster::from_members(members);
            let outcome = RosterOutcome::join(&roster, &results, None);
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
                .map_err(
                    |error| json!({ "kind": "invalid_argument", "message": error.to_string() }),
                )
        }
        other => return Err(format!("there is no call {other}")),
    };
    Ok(Outcome::of(result))
}
