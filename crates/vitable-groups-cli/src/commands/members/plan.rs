//! Runs `members plan`; the plan is also a step of `members sync`.

use serde_json::{Value, json};
use vitable_groups::roster::{Baseline, CheckReport, Guard, GuardRefusal, MaxRemovals, RosterDiff};

use super::check;
use super::compare::{BaselineOptions, LocalContext, blocked};
use super::roster::Loaded;
use crate::cli::{self, Global, GuardOptions};
use crate::commands::{open_state, warn_unfinished};
use crate::credentials;
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone, count, plain, value};

const COLUMNS: &[Column] = &[
    Column::new("change", "Change").toned(|change| match change {
        "add" => Tone::Good,
        "remove" => Tone::Bad,
        _ => Tone::Notice,
    }),
    Column::new("reference_id", "Reference ID"),
    Column::new("row", "Row"),
    Column::new("line", "Line"),
    Column::new("detail", "Detail"),
];

/// How many members are named in each line of the summary.
const MAX_LISTED: usize = 10;

pub(super) fn run(options: &cli::Plan, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let state = open_state(global)?;
    warn_unfinished(&state, None, out);
    let (path, roster_options) = (&options.roster.path, &options.roster.options);
    let loaded = Loaded::read(path, roster_options)?;
    loaded.announce(out);
    let report = check::require_ok(&loaded, None, out)?;
    let baseline_options = BaselineOptions::read(path, &options.guard, roster_options)?;
    let base_url = credentials::effective_base_url(global)?;
    let history = state.history(&base_url, &options.group);
    let context =
        baseline_options.resolve(&history, options.guard.blocks_empty(&loaded.roster), out)?;
    let plan = Plan::new(&options.group, &loaded, context, report)?;
    plan.print_summary(out);
    plan.print_document(out);
    plan.guard(&options.guard)?;
    Ok(Exit::Success)
}

/// The changes that a sync would make.
#[derive(Debug)]
pub(super) struct Plan {
    group: String,
    file: String,
    rows: usize,
    /// Describes where the baseline comes from.
    source: String,
    pub(super) baseline: Baseline,
    diff: RosterDiff,
    report: CheckReport,
}

impl Plan {
    pub(super) fn new(
        group: &str,
        loaded: &Loaded,
        context: LocalContext,
        report: CheckReport,
    ) -> Result<Self, Failure> {
        let LocalContext { baseline, source } = context;
        let diff = baseline.compare(&loaded.roster).map_err(|refusal| blocked(&refusal))?;
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

    /// Prints the numbers, the baseline and the warnings.
    pub(super) fn print_summary(&self, out: &mut Output) {
        out.heading(self.summary());
        out.info(format!("  compared with {}", self.source));
        if !self.diff.rekeyed.is_empty() {
            let pairs = self.diff.rekeyed.iter().map(|pair| {
                let (before, now) = (&pair.previous_reference_id, &pair.entry.reference_id);
                format!("{} is now {}", plain(before), plain(now))
            });
            out.info(format!("  new reference IDs: {}", first_names(pairs)));
        }
        for warning in self.diff.warnings() {
            out.warn(warning);
        }
    }

    /// Prints the first few members that are affected.
    pub(super) fn print_members(&self, out: &mut Output) {
        let plans = self.diff.plan_changes.iter().map(|change| &change.entry);
        for (what, entries) in [
            ("to remove", self.diff.removals.iter().collect::<Vec<_>>()),
            ("to add", self.diff.adds.iter().collect()),
            ("plan change ignored", plans.collect()),
        ] {
            if !entries.is_empty() {
                let names = entries.iter().map(|entry| plain(&entry.reference_id));
                out.info(format!("  {what}: {}", first_names(names)));
            }
        }
    }

    /// The numbers, in one line.
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

    /// The confirmation prompt, with the numbers.
    pub(super) fn prompt(&self, name: &str) -> String {
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

    /// The number of removals, if it exceeds the default limit. It then has to be typed, since a
    /// habitual `y` is too weak a confirmation.
    pub(super) fn removals_to_type(&self) -> Option<usize> {
        let removals = self.diff.removals.len();
        let allowed = MaxRemovals::Default.allows(removals as u64, self.diff.previous_members);
        (!allowed).then_some(removals)
    }

    /// Prints the plan as the command's result.
    pub(super) fn print_document(&self, out: &mut Output) {
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

    /// Blocks a sync that is probably a mistake.
    pub(super) fn guard(&self, options: &GuardOptions) -> Result<(), Failure> {
        self.check_guard(options).map_err(|refusal| blocked(&refusal))
    }

    /// Like [`Plan::guard`], except that the default removal limit does not block: the prompt
    /// requires the number of removals instead.
    pub(super) fn guard_before_prompt(&self, options: &GuardOptions) -> Result<(), Failure> {
        match self.check_guard(options) {
            Err(GuardRefusal::TooManyRemovals { .. }) if options.max_removals.is_none() => Ok(()),
            result => result.map_err(|refusal| blocked(&refusal)),
        }
    }

    fn check_guard(&self, options: &GuardOptions) -> Result<(), GuardRefusal> {
        Guard::new()
            .allow_empty(options.allow_empty)
            .max_removals(options.max_removals.unwrap_or_default())
            .allow_new_reference_ids(options.allow_new_reference_ids)
            .check_diff(&self.diff)
    }
}

/// The first few names, and the number of others.
fn first_names(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(MAX_LISTED);
    let shown: Vec<_> = names.take(MAX_LISTED).collect();
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn rows(diff: &RosterDiff) -> Vec<Value> {
    let row = |change: &str, entry: Value, detail: String| {
        let mut row = json!({ "change": change });
        if let (Value::Object(row), Value::Object(entry)) = (&mut row, entry) {
            row.extend(entry);
            row.insert("detail".to_owned(), Value::String(detail));
        }
        row
    };
    let removals = diff.removals.iter().map(|entry| {
        let removed = json!({ "reference_id": entry.reference_id });
        row("remove", removed, format!("row {} of the previous roster", entry.row))
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
