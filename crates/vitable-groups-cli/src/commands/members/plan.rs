//! `members plan`: what a sync would change.

use serde_json::{Value, json};
use vitable_groups::roster::{Diff, Guard, Roster, diff};

use super::check;
use super::roster::Loaded;
use crate::cli::{self, Global, GuardOptions, RosterOptions};
use crate::commands::{open_state, tell_unfinished};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone, count, value};
use crate::state::State;

const COLUMNS: &[Column] = &[
    Column::new("change", "Change").toned(|change| match change {
        "add" => Tone::Good,
        "remove" => Tone::Bad,
        _ => Tone::Notice,
    }),
    Column::new("reference_id", "Reference"),
    Column::new("row", "Row"),
    Column::new("line", "Line"),
    Column::new("detail", "Detail"),
];

/// How many members are named in the talk before a sync.
const NAMED: usize = 10;

pub(super) fn run(options: &cli::Plan, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    tell_unfinished(&state, out)?;
    let loaded = Loaded::read(&options.roster.path, &options.roster.options)?;
    loaded.announce(out);
    check::require_ok(&loaded, None, out)?;
    let place = credentials::place(global)?;
    let plan = Plan::make(&options.group, &place, &loaded, &options.guard, &state)?;
    plan.tell(out);
    plan.show(out);
    plan.guard(&loaded, &options.guard)?;
    Ok(Exit::Success)
}

/// What a sync would change, as far as it can be known.
#[derive(Debug)]
pub(super) struct Plan {
    group: String,
    file: String,
    rows: usize,
    /// Where the previous roster is from.
    source: Option<String>,
    pub(super) previous: Option<Roster>,
    pub(super) diff: Option<Diff>,
}

impl Plan {
    pub(super) fn make(
        group: &str,
        base_url: &str,
        loaded: &Loaded,
        guard: &GuardOptions,
        state: &State,
    ) -> Result<Self, Failure> {
        let (source, previous) = previous(group, base_url, guard, state)?.unzip();
        let diff = previous.as_ref().map(|previous| diff(previous, &loaded.roster));
        Ok(Self {
            group: group.to_owned(),
            file: loaded.file.clone(),
            rows: loaded.roster.len(),
            source,
            previous,
            diff,
        })
    }

    /// Says it in words.
    pub(super) fn tell(&self, out: &mut Output) {
        out.heading(self.summary());
        match (&self.source, &self.diff) {
            (Some(source), Some(diff)) => {
                out.say(format!("  compared with {source}"));
                for warning in diff.warnings() {
                    out.warn(warning);
                }
            }
            _ => out.warn(
                "there is no previous roster to compare with, so it is not known who will be \
                 removed: everyone in the group who is not in this file. --previous FILE names one",
            ),
        }
    }

    /// Names who is concerned, as far as a person wants to read before answering a question.
    pub(super) fn name(&self, out: &mut Output) {
        let Some(diff) = &self.diff else { return };
        let plans = diff.plan_changes.iter().map(|change| &change.entry);
        for (what, entries) in [
            ("to remove", diff.removals.iter().collect::<Vec<_>>()),
            ("to add", diff.adds.iter().collect()),
            ("plan change ignored", plans.collect()),
        ] {
            let named: Vec<_> =
                entries.iter().take(NAMED).map(|entry| entry.reference_id.as_str()).collect();
            if !named.is_empty() {
                let more = match entries.len() - named.len() {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                out.say(format!("  {what}: {}{more}", named.join(", ")));
            }
        }
    }

    /// One line.
    pub(super) fn summary(&self) -> String {
        let rows = count(self.rows, "row");
        let Some(diff) = &self.diff else {
            return format!("plan for {}: the group becomes these {rows}", self.group);
        };
        format!(
            "plan for {}: {} to add, {} to remove ({:.1}% of {}), {} to update, {} ignored, {} \
             unchanged",
            self.group,
            diff.adds.len(),
            diff.removals.len(),
            diff.removal_share(),
            diff.previous_members,
            diff.updates.len(),
            count(diff.plan_changes.len(), "plan change"),
            diff.unchanged,
        )
    }

    /// Prints it as a result.
    pub(super) fn show(&self, out: &mut Output) {
        let whole = json!({
            "group_id": self.group,
            "file": self.file,
            "rows": self.rows,
            "previous": self.source,
            "changes": self.diff,
        });
        let rows = self.diff.as_ref().map(rows).unwrap_or_default();
        out.document(&Document::part(COLUMNS, &rows, &whole));
    }

    /// Refuses what nobody can have meant.
    pub(super) fn guard(&self, loaded: &Loaded, options: &GuardOptions) -> Result<(), Failure> {
        let mut guard = Guard::new().allow_empty(options.allow_empty);
        guard.max_removals = options.max_removals;
        let verdict = match &self.diff {
            Some(diff) => guard.check_diff(diff),
            None => guard.check(None, &loaded.roster),
        };
        verdict.map_err(|refusal| {
            let failure = Failure::new(Exit::GuardRefused, format!("not sent: {refusal}"));
            match refusal.kind() {
                "empty_roster" => failure.hint("--allow-empty lets it through"),
                "no_previous_roster" => failure.hint("--previous FILE gives one"),
                _ => failure.hint("--max-removals sets the limit"),
            }
        })
    }
}

/// The roster to compare with, and where it is from.
fn previous(
    group: &str,
    base_url: &str,
    guard: &GuardOptions,
    state: &State,
) -> Result<Option<(String, Roster)>, Failure> {
    if let Some(path) = &guard.previous {
        let loaded = Loaded::read(path, &RosterOptions::default())?;
        return Ok(Some((loaded.file, loaded.roster)));
    }
    let Some(bytes) = state.last_roster(base_url, group)? else { return Ok(None) };
    Ok(Some(("the roster last synced from this machine".to_owned(), kept_roster(&bytes)?)))
}

/// A roster that was kept in the state directory. It has rows, but no lines of a file.
pub(super) fn kept_roster(bytes: &[u8]) -> Result<Roster, Failure> {
    let members = serde_json::Deserializer::from_slice(bytes).into_iter();
    members.collect::<Result<Roster, _>>().map_err(|_| {
        Failure::local("a roster in the state directory is damaged")
            .hint("name the previous roster with --previous FILE, or go without: --no-state")
    })
}

fn rows(diff: &Diff) -> Vec<Value> {
    let row = |change: &str, entry: Value, detail: String| {
        let mut row = json!({ "change": change });
        if let (Value::Object(row), Value::Object(entry)) = (&mut row, entry) {
            row.extend(entry);
            row.insert("detail".to_owned(), Value::String(detail));
        }
        row
    };
    let removals = diff.removals.iter().map(|entry| {
        let entry_without_place = json!({ "reference_id": entry.reference_id });
        row("remove", entry_without_place, format!("row {} of the previous roster", entry.row))
    });
    let adds = diff.adds.iter().map(|entry| row("add", value(entry), String::new()));
    let plans = diff.plan_changes.iter().map(|change| {
        let detail = format!("stays on {}; {} is ignored", change.previous_plan_id, change.plan_id);
        row("plan change ignored", value(change), detail)
    });
    let updates = diff.updates.iter().map(|update| {
        let fields: Vec<_> = update.fields.iter().map(|field| field.column()).collect();
        row("update", value(update), fields.join(", "))
    });
    removals.chain(adds).chain(plans).chain(updates).collect()
}
