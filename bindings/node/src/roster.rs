//! The core's rosters, with reports as JSON text.

use std::sync::Arc;

use napi::bindgen_prelude::{Buffer, Either, PromiseRaw};
use napi::{Env, Result};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vitable_groups::model::{Member, SyncResults};
use vitable_groups::roster::{
    self, Baseline, CheckReport, Guard, GuardRefusal, Normalize, NormalizeReport, Outcome,
    ParseMaxRemovalsError, ReadError, ReadOptions, RosterDiff,
};
use vitable_groups::{Error, ErrorKind};

use crate::error;

/// The complete roster of one group.
#[napi(js_name = "Roster")]
#[derive(Clone)]
pub struct NativeRoster(pub(crate) Arc<roster::Roster>);

#[napi]
impl NativeRoster {
    /// Reads text or bytes.
    #[napi(factory, catch_unwind)]
    pub fn read(source: Either<String, Buffer>, options: String) -> Result<Self> {
        let bytes = match &source {
            Either::A(text) => text.as_bytes(),
            Either::B(bytes) => bytes,
        };
        wrap(roster::Roster::read(bytes, &parse::<ReadOptions>(&options)?))
    }

    /// Reads a file off the event loop. The format is that of its extension, else detected.
    #[napi(catch_unwind, ts_return_type = "Promise<Roster>")]
    pub fn read_file(
        env: &Env,
        path: String,
        options: String,
    ) -> Result<PromiseRaw<'_, NativeRoster>> {
        let options = parse::<ReadOptions>(&options)?;
        env.spawn_future(async move {
            let read =
                tokio::task::spawn_blocking(move || roster::Roster::read_path(path, &options));
            wrap(read.await.map_err(|error| napi::Error::from_reason(error.to_string()))?)
        })
    }

    /// Creates a roster from a JSON array of objects, whose keys are matched as columns are.
    #[napi(factory, catch_unwind)]
    pub fn from_values(values: String, options: String) -> Result<Self> {
        let options = parse::<ReadOptions>(&options)?;
        let values: Vec<Value> = parse(&values)?;
        Ok(Self(Arc::new(roster::Roster::from_values(values, &options))))
    }

    /// The number of rows.
    #[napi(getter, catch_unwind)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The report on how the source was read.
    #[napi(catch_unwind)]
    pub fn report(&self) -> Result<String> {
        text(&self.0.report())
    }

    /// The body of a sync request: `{"members": [...]}`.
    #[napi(catch_unwind)]
    pub fn to_json(&self) -> Result<Buffer> {
        to_buffer(|output| self.0.to_json(output))
    }

    /// JSON Lines, one member per line.
    #[napi(catch_unwind)]
    pub fn to_jsonl(&self) -> Result<Buffer> {
        to_buffer(|output| self.0.to_jsonl(output))
    }

    /// CSV with the API's names as header.
    #[napi(catch_unwind)]
    pub fn to_csv(&self) -> Result<Buffer> {
        to_buffer(|output| self.0.to_csv(output).map(drop))
    }

    /// Checks every row against every rule.
    #[napi(catch_unwind)]
    pub fn check(&self, options: String) -> Result<String> {
        let report = self.0.check(&parse(&options)?);
        Ok(report_value(&report).to_string())
    }

    /// The changes that a sync of this roster makes to a group that holds the previous one.
    #[napi(catch_unwind)]
    pub fn diff(&self, previous: &NativeRoster) -> String {
        let diff = roster::diff(&previous.0, &self.0);
        with_fields(&diff, json!({ "text": diff.to_string() })).to_string()
    }

    /// Blocks a roster that would unsubscribe more members than the options allow.
    #[napi(catch_unwind)]
    pub fn guard(
        &self,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        options: String,
    ) -> Result<()> {
        let guard = parse::<Guard>(&options)?;
        let checked =
            baseline(previous, first_sync).and_then(|baseline| guard.check(&baseline, &self.0));
        checked.map(|_: RosterDiff| ()).map_err(|refusal| guard_error(&refusal))
    }

    /// Converts values to the formats that the API accepts. Returns a new roster and the changes.
    #[napi(catch_unwind)]
    pub fn normalize(&self, options: Option<String>) -> Result<RosterWithReport> {
        let normalize = match options {
            Some(options) => parse(&options)?,
            None => Normalize::safe(),
        };
        let mut roster = (*self.0).clone();
        let mut report = NormalizeReport::default();
        for row in roster.rows_mut() {
            normalize.apply(row, &mut report);
        }
        Ok(RosterWithReport { roster: Self(Arc::new(roster)), report: text(&report)? })
    }

    /// The outcome of each row, from the results of a sync or `null`.
    #[napi(catch_unwind)]
    pub fn outcome(
        &self,
        results: String,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<String> {
        let (outcome, _) = self.join(&results, previous, first_sync, repeated)?;
        Ok(outcome_value(&outcome).to_string())
    }

    /// What the group holds after the sync, or null. Takes the same arguments as `outcome`.
    #[napi(catch_unwind)]
    pub fn after(
        &self,
        results: String,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<Option<NativeRoster>> {
        let (outcome, baseline) = self.join(&results, previous, first_sync, repeated)?;
        Ok(outcome.group_after(&self.0, &baseline).map(|held| Self(Arc::new(held))))
    }

    fn join(
        &self,
        results: &str,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<(Outcome, Baseline)> {
        let results = parse::<Option<SyncResults>>(results)?;
        let baseline = baseline(previous, first_sync).map_err(|refusal| guard_error(&refusal))?;
        Ok((Outcome::join(&self.0, results.as_ref(), &baseline, repeated), baseline))
    }

    /// The complete roster, with failed rows replaced by reference ID.
    #[napi(catch_unwind)]
    pub fn corrected(&self, results: String, replacements: String) -> Result<RosterWithReport> {
        let results = parse::<Option<SyncResults>>(&results)?;
        let replacements = parse::<Vec<(String, Member)>>(&replacements)?;
        let outcome = Outcome::join(&self.0, results.as_ref(), &Baseline::Unknown, false);
        let corrected = outcome.corrected(&self.0, replacements).map_err(|error| {
            error::thrown(&Error::new(ErrorKind::InvalidArgument, error.to_string()))
        })?;
        let report = json!({
            "replaced": corrected.replaced,
            "still_failing": corrected.still_failing,
        });
        let roster = Self(Arc::new(corrected.roster));
        Ok(RosterWithReport { roster, report: report.to_string() })
    }
}

/// A changed copy of a roster, and a report of the changes.
#[napi(object, object_from_js = false)]
pub struct RosterWithReport {
    /// The roster.
    pub roster: NativeRoster,
    /// The report as JSON text.
    pub report: String,
}

fn wrap(read: std::result::Result<roster::Roster, ReadError>) -> Result<NativeRoster> {
    read.map(|roster| NativeRoster(Arc::new(roster))).map_err(|error| {
        error::thrown_with(&Error::new(ErrorKind::InvalidRoster, error.to_string()), &error)
    })
}

/// What the group holds, according to the caller.
fn baseline(
    previous: Option<&NativeRoster>,
    first_sync: bool,
) -> std::result::Result<Baseline, GuardRefusal> {
    Baseline::from_options(previous.map(|previous| Arc::clone(&previous.0)), first_sync)
}

fn guard_error(refusal: &GuardRefusal) -> napi::Error {
    error::thrown_with(&Error::new(ErrorKind::GuardRefused, refusal.to_string()), refusal)
}

/// Parses an argument in JSON.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        // Data errors of serde may repeat values of members, so that most report only the location.
        let location = format!("line {} column {}", error.line(), error.column());
        let (message, limit) = (error.to_string(), ParseMaxRemovalsError.to_string());
        let message = match error.classify() {
            serde_json::error::Category::Data if message.starts_with("unknown field") => message,
            serde_json::error::Category::Data if message.starts_with(&limit) => limit,
            _ => format!("an argument does not have the expected form at {location}"),
        };
        error::thrown(&Error::new(ErrorKind::InvalidArgument, message))
    })
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| napi::Error::from_reason(error.to_string()))
}

pub(crate) fn report_value(report: &CheckReport) -> Value {
    with_fields(report, json!({ "ok": report.is_ok(), "text": report.to_string() }))
}

pub(crate) fn outcome_value(outcome: &Outcome) -> Value {
    with_fields(outcome, json!({ "ok": outcome.is_ok(), "text": outcome.to_string() }))
}

/// A report with additional fields.
fn with_fields(report: &impl Serialize, fields: Value) -> Value {
    // Reports are plain data, which always serializes.
    let mut value = serde_json::to_value(report).unwrap_or_default();
    if let (Value::Object(value), Value::Object(fields)) = (&mut value, fields) {
        value.extend(fields);
    }
    value
}

fn to_buffer(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<Buffer> {
    let mut output = Vec::new();
    write(&mut output)?;
    Ok(output.into())
}
