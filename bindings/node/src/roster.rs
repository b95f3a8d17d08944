//! Rosters: the core's, with reports as JSON text.

use std::sync::Arc;

use napi::bindgen_prelude::{Buffer, Either, PromiseRaw};
use napi::{Env, Result};
use napi_derive::napi;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vitable_groups::model::{Member, SyncResults};
use vitable_groups::roster::{
    self, Baseline, CheckReport, Diff, Guard, GuardRefusal, Normalize, NormalizeReport, Outcome,
    ParseMaxRemovalsError, ReadError, ReadOptions,
};
use vitable_groups::{Error, ErrorKind};

use crate::error;

/// The complete roster of one group.
#[napi(js_name = "Roster")]
#[derive(Clone)]
pub struct NativeRoster(pub(crate) Arc<roster::Roster>);

#[napi]
impl NativeRoster {
    /// Reads text or bytes at hand.
    #[napi(factory, catch_unwind)]
    pub fn read(source: Either<String, Buffer>, options: String) -> Result<Self> {
        let bytes = match &source {
            Either::A(text) => text.as_bytes(),
            Either::B(bytes) => bytes,
        };
        wrap(roster::Roster::read(bytes, &given::<ReadOptions>(&options)?))
    }

    /// Reads a file, by the end of its name or by what is in it, beside the event loop.
    #[napi(catch_unwind, ts_return_type = "Promise<Roster>")]
    pub fn read_file(
        env: &Env,
        path: String,
        options: String,
    ) -> Result<PromiseRaw<'_, NativeRoster>> {
        let options = given::<ReadOptions>(&options)?;
        env.spawn_future(async move {
            let read =
                tokio::task::spawn_blocking(move || roster::Roster::read_path(path, &options));
            wrap(read.await.map_err(|error| napi::Error::from_reason(error.to_string()))?)
        })
    }

    /// A roster of objects, whose keys are matched as columns are: a JSON array.
    #[napi(factory, catch_unwind)]
    pub fn from_values(values: String, options: String) -> Result<Self> {
        let options = given::<ReadOptions>(&options)?;
        let values: Vec<Value> = given(&values)?;
        Ok(Self(Arc::new(roster::Roster::from_values(values, &options))))
    }

    /// How many rows there are.
    #[napi(getter, catch_unwind)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// What reading found out about the source.
    #[napi(catch_unwind)]
    pub fn report(&self) -> Result<String> {
        text(&self.0.report())
    }

    /// The body of a sync request: `{"members": [...]}`.
    #[napi(catch_unwind)]
    pub fn to_json(&self) -> Result<Buffer> {
        written(|output| self.0.to_json(output))
    }

    /// A member a line.
    #[napi(catch_unwind)]
    pub fn to_jsonl(&self) -> Result<Buffer> {
        written(|output| self.0.to_jsonl(output))
    }

    /// CSV with the API's names as header.
    #[napi(catch_unwind)]
    pub fn to_csv(&self) -> Result<Buffer> {
        written(|output| self.0.to_csv(output).map(drop))
    }

    /// Checks every row by every rule.
    #[napi(catch_unwind)]
    pub fn check(&self, options: String) -> Result<String> {
        let report = self.0.check(&given(&options)?);
        Ok(report_value(&report).to_string())
    }

    /// What sending this roster does to a group that holds the previous one.
    #[napi(catch_unwind)]
    pub fn diff(&self, previous: &NativeRoster) -> String {
        let diff = roster::diff(&previous.0, &self.0);
        joined(&diff, json!({ "text": diff.to_string() })).to_string()
    }

    /// Refuses a roster that would unsubscribe more people than anybody meant.
    #[napi(catch_unwind)]
    pub fn guard(
        &self,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        options: String,
    ) -> Result<()> {
        let guard = given::<Guard>(&options)?;
        let checked = baseline(previous, first_sync).and_then(|known| guard.check(&known, &self.0));
        checked.map(|_: Diff| ()).map_err(|refusal| refused(&refusal))
    }

    /// Puts values into the form the API takes; the other roster and a report of what changed.
    #[napi(catch_unwind)]
    pub fn normalize(&self, options: Option<String>) -> Result<Rewritten> {
        let normalize = match options {
            Some(options) => given(&options)?,
            None => Normalize::safe(),
        };
        let mut roster = (*self.0).clone();
        let mut report = NormalizeReport::default();
        for row in roster.rows_mut() {
            normalize.apply(row, &mut report);
        }
        Ok(Rewritten { roster: Self(Arc::new(roster)), report: text(&report)? })
    }

    /// Joins the results of a sync, or `null`, to the rows that were sent.
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

    /// What the group holds after the sync, or null; of the same arguments as `outcome`.
    #[napi(catch_unwind)]
    pub fn after(
        &self,
        results: String,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<Option<NativeRoster>> {
        let (outcome, known) = self.join(&results, previous, first_sync, repeated)?;
        Ok(outcome.group_after(&self.0, &known).map(|held| Self(Arc::new(held))))
    }

    fn join(
        &self,
        results: &str,
        previous: Option<&NativeRoster>,
        first_sync: bool,
        repeated: bool,
    ) -> Result<(Outcome, Baseline)> {
        let results = given::<Option<SyncResults>>(results)?;
        let known = baseline(previous, first_sync).map_err(|refusal| refused(&refusal))?;
        Ok((Outcome::join(&self.0, results.as_ref(), &known, repeated), known))
    }

    /// The full roster with failed rows replaced, each by its reference.
    #[napi(catch_unwind)]
    pub fn corrected(&self, results: String, replacements: String) -> Result<Rewritten> {
        let results = given::<Option<SyncResults>>(&results)?;
        let replacements = given::<Vec<(String, Member)>>(&replacements)?;
        let outcome = Outcome::join(&self.0, results.as_ref(), &Baseline::Unknown, false);
        let corrected = outcome.corrected(&self.0, replacements).map_err(|error| {
            error::thrown(&Error::new(ErrorKind::InvalidArgument, error.to_string()))
        })?;
        let report = json!({
            "replaced": corrected.replaced,
            "still_failing": corrected.still_failing,
        });
        Ok(Rewritten { roster: Self(Arc::new(corrected.roster)), report: report.to_string() })
    }
}

/// Another roster, and what makes it another.
#[napi(object, object_from_js = false)]
pub struct Rewritten {
    /// The roster.
    pub roster: NativeRoster,
    /// The report as JSON text.
    pub report: String,
}

fn wrap(read: std::result::Result<roster::Roster, ReadError>) -> Result<NativeRoster> {
    read.map(|roster| NativeRoster(Arc::new(roster))).map_err(|found| {
        error::thrown_with(&Error::new(ErrorKind::InvalidRoster, found.to_string()), &found)
    })
}

/// What the caller says that the group holds.
fn baseline(
    previous: Option<&NativeRoster>,
    first_sync: bool,
) -> std::result::Result<Baseline, GuardRefusal> {
    Baseline::from_options(previous.map(|previous| Arc::clone(&previous.0)), first_sync)
}

fn refused(refusal: &GuardRefusal) -> napi::Error {
    error::thrown_with(&Error::new(ErrorKind::GuardRefused, refusal.to_string()), refusal)
}

pub(crate) fn given<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        // Data errors of serde may repeat values, which here are members: only the place is told.
        let place = format!("line {} column {}", error.line(), error.column());
        let (words, limit) = (error.to_string(), ParseMaxRemovalsError.to_string());
        let message = match error.classify() {
            serde_json::error::Category::Data if words.starts_with("unknown field") => words,
            serde_json::error::Category::Data if words.starts_with(&limit) => limit,
            _ => format!("an argument does not have the expected form at {place}"),
        };
        error::thrown(&Error::new(ErrorKind::InvalidArgument, message))
    })
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| napi::Error::from_reason(error.to_string()))
}

pub(crate) fn report_value(report: &CheckReport) -> Value {
    joined(report, json!({ "ok": report.is_ok(), "text": report.to_string() }))
}

pub(crate) fn outcome_value(outcome: &Outcome) -> Value {
    joined(outcome, json!({ "ok": outcome.is_ok(), "text": outcome.to_string() }))
}

/// A report with a few keys more.
fn joined(report: &impl Serialize, more: Value) -> Value {
    // Reports are plain data, which always has a JSON form.
    let mut value = serde_json::to_value(report).unwrap_or_default();
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> Result<Buffer> {
    let mut output = Vec::new();
    write(&mut output)?;
    Ok(output.into())
}
