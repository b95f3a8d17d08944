//! Runs `members check`; the check is also the first step of a plan and a sync.

use serde_json::json;
use vitable_groups::Client;
use vitable_groups::roster::{CheckOptions, CheckReport, Finding};

use super::roster::{Loaded, today};
use crate::cli::{Check, Global};
use crate::commands::{Session, call};
use crate::exit::{Exit, Failure};
use crate::output::{Column, Document, Output, Tone, count, plain};

const COLUMNS: &[Column] = &[
    Column::new("severity", "Severity").toned(|severity| match severity {
        "error" => Tone::Bad,
        _ => Tone::Notice,
    }),
    Column::new("row", "Row"),
    Column::new("line", "Line"),
    Column::new("reference_id", "Reference ID"),
    Column::new("field", "Field"),
    Column::hidden("path"),
    Column::hidden("rule"),
    Column::new("value", "Value (masked)").toned(|_| Tone::Dim),
    Column::new("message", "Problem"),
    Column::new("fix", "Fix").toned(|_| Tone::Dim),
];

/// The most plans that are listed for `--check-plans`.
const MAX_PLANS: usize = 10_000;

/// How many warnings are printed before a plan.
const MAX_LISTED: usize = 10;

pub(super) async fn run(
    options: Check,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let loaded = Loaded::read(&options.roster.path, &options.roster.options)?;
    loaded.describe(out);
    let plans = if options.check_plans {
        Some(plans(&Session::open(global, out)?.client).await?)
    } else {
        None
    };
    let report = check(&loaded, plans);
    let whole = json!({
        "file": loaded.file,
        "ok": report.is_ok(),
        "read": loaded.roster.report(),
        "normalized": loaded.normalized,
        "check": report,
    });
    out.document(&Document::part(COLUMNS, &report.findings, &whole));
    summarize(&loaded, &report, out);
    Ok(if report.is_ok() { Exit::Success } else { Exit::InvalidRoster })
}

/// The IDs of the organization's plans.
pub(super) async fn plans(client: &Client) -> Result<Vec<String>, Failure> {
    let plans = call(client.plans().list().limit(100).collect(MAX_PLANS)).await?;
    Ok(plans.into_iter().map(|plan| plan.id).collect())
}

/// Checks every rule, dates of birth as of today.
pub(super) fn check(loaded: &Loaded, plans: Option<Vec<String>>) -> CheckReport {
    let mut options = CheckOptions::new(today());
    if let Some(plans) = plans {
        options = options.plan_ids(plans);
    }
    loaded.roster.check(&options)
}

/// A finding without its severity, which the message's label already shows.
fn without_label(finding: &Finding) -> String {
    let text = finding.to_string();
    let label = format!("{}: ", finding.severity);
    plain(text.strip_prefix(&label).unwrap_or(&text))
}

/// Prints the numbers of errors and warnings, and hints on options that may fix them.
pub(super) fn summarize(loaded: &Loaded, report: &CheckReport, out: &mut Output) {
    let errors = count(usize::try_from(report.errors).unwrap_or(usize::MAX), "error");
    let warnings = count(usize::try_from(report.warnings).unwrap_or(usize::MAX), "warning");
    out.heading(format!("{}: {errors}, {warnings}", loaded.file));
    let normalizable = ["state.unknown", "zipcode.format", "date_of_birth.format", "phone.format"];
    if normalizable.iter().any(|rule| report.by_rule.contains_key(rule)) {
        out.info("use --normalize safe,zip or --date-format to fix some of these");
    }
    if report.by_rule.contains_key("cell.line_break") {
        out.info("use --multi-line-cells if cells of this file contain line breaks");
    }
    if report.left_out > 0 {
        out.info(format!("{} more findings are counted but not shown", report.left_out));
    }
}

/// Prints the warnings of a roster without errors; otherwise prints the findings and fails.
pub(super) fn require_ok(
    loaded: &Loaded,
    plans: Option<Vec<String>>,
    out: &mut Output,
) -> Result<CheckReport, Failure> {
    let report = check(loaded, plans);
    if report.is_ok() {
        for finding in report.findings.iter().take(MAX_LISTED) {
            out.warn(format!("{}: {}", loaded.file, without_label(finding)));
        }
        let shown = report.findings.len().min(MAX_LISTED) as u64;
        if report.warnings > shown {
            let more = usize::try_from(report.warnings - shown).unwrap_or(usize::MAX);
            out.warn(format!(
                "{}: {}; `vitable-groups members check` shows them",
                loaded.file,
                count(more, "more warning")
            ));
        }
        return Ok(report);
    }
    let whole = json!({ "file": loaded.file, "ok": false, "check": report });
    out.document(&Document::part(COLUMNS, &report.findings, &whole));
    summarize(loaded, &report, out);
    Err(Failure::new(Exit::InvalidRoster, format!("{} has errors; nothing was sent", loaded.file))
        .hint("fix the rows listed above, then run the command again"))
}
