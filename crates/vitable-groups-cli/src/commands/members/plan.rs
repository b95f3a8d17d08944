//! `members plan`: what a sync would change.

use serde_json::{Value, json};
use vitable_groups::roster::{Baseline, CheckReport, Diff, Guard, GuardRefusal, MaxRemovals};

use super::check;
use super::compare::{Given, Known, refused};
use super::roster::Loaded;
use crate::cli::{self, Global, GuardOptions};
use crate::commands::{open_state, tell_unfinished};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone, count, plain, value};

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
    tell_unfinished(&state, None, out);
    let (path, reading) = (&options.roster.path, &options.roster.options);
    let loaded = Loaded::read(path, reading)?;
    loaded.announce(out);
    let report = check::require_ok(&loaded, None, out)?;
    let given = Given::read(path, &options.guard, reading)?;
    let place = credentials::place(global)?;
    let memory = state.memory(&place, &options.group);
    let known = given.compare(&memory, options.guard.refuses(&loaded.roster), out)?;
    let plan = Plan::make(&options.group, &loaded, known, report)?;
    plan.tell(out);
    plan.show(out);
    plan.guard(&options.guard)?;
    Ok(Exit::Success)
}

/// What a sync would change, as far as it can be known.
#[derive(Debug)]
pub(super) struct Plan {
    group: String,
    file: String,
    rows: usize,
    /// Where the baseline is from.
    source: String,
    pub(super) baseline: Baseline,
    diff: Diff,
    report: CheckReport,
}

impl Plan {
    pub(super) fn make(
        group: &str,
        loaded: &Loaded,
        known: Known,
        report: CheckReport,
    ) -> Result<Self, Failure> {
        let Known { baseline, source } = known;
        let diff = baseline.compare(&loaded.roster).map_err(|refusal| refused(&refusal))?;
        Ok(Self {
            group: group.to_owned(),
            file: loaded.file.clone(),
            rows: loaded.roster.len(),
            source,
            baseline,
            diff,
            report,
        })
    }

    /// Says it in words.
    pub(super) fn tell(&self, out: &mut Output) {
        out.heading(self.summary());
        out.say(format!("  compared with {}", self.source));
        if !self.diff.rekeyed.is_empty() {
            let pairs = self.diff.rekeyed.iter().map(|pair| {
                let (before, now) = (&pair.previous_reference_id, &pair.entry.reference_id);
                format!("{} is now {}", plain(before), plain(now))
            });
            out.say(format!("  new reference IDs: {}", first(pairs)));
        }
        for warning in self.diff.warnings() {
            out.warn(warning);
        }
    }

    /// Names who is concerned, as far as a person wants to read before answering a question.
    pub(super) fn name(&self, out: &mut Output) {
        let plans = self.diff.plan_changes.iter().map(|change| &change.entry);
        for (what, entries) in [
            ("to remove", self.diff.removals.iter().collect::<Vec<_>>()),
            ("to add", self.diff.adds.iter().collect()),
            ("plan change ignored", plans.collect()),
        ] {
            if !entries.is_empty() {
                let names = entries.iter().map(|entry| plain(&entry.reference_id));
                out.say(format!("  {what}: {}", first(names)));
            }
        }
    }

    /// One line.
    fn summary(&self) -> String {
        let diff = &self.diff;
        let (least, most) = match self.baseline {
            Baseline::Either(_) => ("at least ", "at most "),
            _ => ("", ""),
        };
        format!(
            "plan for {}: {least}{} to add, {most}{} to remove ({:.1}% of {}), {} to update, {} \
             ignored, {} unchanged",
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

    /// What a person agrees to, in numbers.
    pub(super) fn question(&self, name: &str) -> String {
        let diff = &self.diff;
        let most = if matches!(self.baseline, Baseline::Either(_)) { "up to " } else { "" };
        format!(
            "Sync {} ({}): add {}, remove {most}{} of {}, update {}",
            plain(&self.group),
            plain(name),
            diff.adds.len(),
            diff.removals.len(),
            diff.previous_members,
            diff.updates.len(),
        )
    }

    /// How many members lose their subscription, if that is more than the default limit: too many
    /// to agree to by the same key as to none.
    pub(super) fn removals_to_type(&self) -> Option<usize> {
        let removals = self.diff.removals.len();
        let allowed = MaxRemovals::Default.allows(removals as u64, self.diff.previous_members);
        (!allowed).then_some(removals)
    }

    /// Prints it as a result.
    pub(super) fn show(&self, out: &mut Output) {
        let whole = json!({
            "group_id": self.group,
            "file": self.file,
            "rows": self.rows,
            "baseline": self.baseline.kind(),
            "previous": self.source,
            "changes": self.diff,
            "check": self.report,
        });
        out.document(&Document::part(COLUMNS, &rows(&self.diff), &whole));
    }

    /// Refuses what nobody can have meant.
    pub(super) fn guard(&self, options: &GuardOptions) -> Result<(), Failure> {
        self.verdict(options).map_err(|refusal| refused(&refusal))
    }

    /// The same where a person is asked for the number of removals, unless the limit was set.
    pub(super) fn guard_before_question(&self, options: &GuardOptions) -> Result<(), Failure> {
        match self.verdict(options) {
            Err(GuardRefusal::TooManyRemovals { .. }) if options.max_removals.is_none() => Ok(()),
            verdict => verdict.map_err(|refusal| refused(&refusal)),
        }
    }

    fn verdict(&self, options: &GuardOptions) -> Result<(), GuardRefusal> {
        Guard::new()
            .allow_empty(options.allow_empty)
            .max_removals(options.max_removals.unwrap_or_default())
            .allow_new_reference_ids(options.allow_new_reference_ids)
            .check_diff(&self.diff)
    }
}

/// The first few, and how many more there are.
fn first(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown: Vec<_> = names.take(NAMED).collect();
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
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
    let rekeyed = diff.rekeyed.iter().map(|pair| {
        row("new reference ID", value(&pair.entry), format!("was {}", pair.previous_reference_id))
    });
    removals.chain(adds).chain(rekeyed).chain(plans).chain(updates).collect()
}
