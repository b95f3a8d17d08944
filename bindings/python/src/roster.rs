//! The core's rosters, with options and reports as JSON.

use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vitable_groups::model::{Member, SyncResults};
use vitable_groups::roster::{
    self, Baseline, CheckOptions, Guard, GuardRefusal, Normalize, Outcome, ReadOptions, Severity,
};
use vitable_groups::{Error, ErrorKind};

use crate::error;
use crate::json::write;

/// A complete, immutable roster.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Roster(pub(crate) Arc<roster::Roster>);

pub(crate) fn read<T: DeserializeOwned>(text: &[u8]) -> PyResult<T> {
    serde_json::from_slice(text).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn json<'py>(py: Python<'py>, value: &impl Serialize) -> PyResult<Bound<'py, PyBytes>> {
    let text = serde_json::to_vec(value);
    let text = text.map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &text))
}

fn bytes(
    py: Python<'_>,
    write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()> + Send,
) -> PyResult<Bound<'_, PyBytes>> {
    let mut out = Vec::new();
    py.detach(|| write(&mut out)).map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &out))
}

#[pymethods]
impl Roster {
    /// Reads a roster from the bytes of a file.
    #[classmethod]
    fn read_bytes(class: &Bound<'_, PyType>, text: &[u8], options: &[u8]) -> PyResult<Self> {
        let options: ReadOptions = read(options)?;
        let read = class.py().detach(|| roster::Roster::read_bytes(text, None, &options));
        Self::of(class.py(), read)
    }

    /// Reads a roster from a file.
    #[classmethod]
    fn read_path(
        class: &Bound<'_, PyType>,
        path: std::path::PathBuf,
        options: &[u8],
    ) -> PyResult<Self> {
        let options: ReadOptions = read(options)?;
        let read = class.py().detach(|| roster::Roster::read_path(path, &options));
        Self::of(class.py(), read)
    }

    /// Builds a roster from Python objects.
    #[classmethod]
    fn from_rows(
        class: &Bound<'_, PyType>,
        rows: &Bound<'_, PyAny>,
        options: &[u8],
    ) -> PyResult<Self> {
        let options: ReadOptions = read(options)?;
        let mut text = Vec::from(*b"[");
        for row in rows.try_iter()? {
            if text.len() > 1 {
                text.push(b',');
            }
            text.extend(write::to_json(&row?)?);
        }
        text.push(b']');
        class.py().detach(|| {
            let values: Vec<serde_json::Value> = read(&text)?;
            Ok(Self(Arc::new(roster::Roster::from_values(values, &options))))
        })
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// The members, as a JSON array. Health data.
    fn members<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let members: Vec<&Member> = self.0.members().collect();
        json(py, &members)
    }

    /// The number of rows with read errors, which their members alone do not show.
    fn rows_with_errors(&self) -> usize {
        let has_errors = |row: &&roster::Row| {
            !row.is_readable() || row.issues().iter().any(|issue| issue.severity == Severity::Error)
        };
        self.0.rows().iter().filter(has_errors).count()
    }

    /// Whether line breaks in cells were allowed when the roster was read.
    fn multi_line_cells(&self) -> bool {
        self.0.rows().iter().all(roster::Row::may_have_line_breaks)
    }

    /// CSV, with the API's field names as header. Health data.
    fn to_csv<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(py, |out| self.0.to_csv(out).map(drop))
    }

    /// The JSON body of a sync request, one member per line. Health data.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        bytes(py, |out| self.0.to_json(out))
    }

    /// What was detected while reading the file, if there was one.
    fn report<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.0.report().map(|report| json(py, report)).transpose()
    }

    fn check<'py>(&self, py: Python<'py>, options: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let options: CheckOptions = read(options)?;
        json(py, &py.detach(|| self.0.check(&options)))
    }

    fn diff<'py>(&self, py: Python<'py>, previous: &Self) -> PyResult<Bound<'py, PyBytes>> {
        json(py, &py.detach(|| roster::diff(&previous.0, &self.0)))
    }

    /// Raises if the guard blocks the roster.
    fn guard(
        &self,
        py: Python<'_>,
        previous: Option<&Self>,
        first_sync: bool,
        guard: &[u8],
    ) -> PyResult<()> {
        let guard: Guard = read(guard)?;
        let baseline = baseline(py, previous, first_sync)?;
        let checked = py.detach(|| guard.check(&baseline, &self.0));
        checked.map(drop).map_err(|refusal| guard_error(py, &refusal))
    }

    /// The roster with values in the form that the API accepts, and what was changed.
    fn normalize<'py>(
        &self,
        py: Python<'py>,
        options: &[u8],
    ) -> PyResult<(Self, Bound<'py, PyBytes>)> {
        let options: Normalize = read(options)?;
        let (roster, report) = py.detach(|| {
            let mut roster = (*self.0).clone();
            let report = roster.normalize(&options);
            (roster, report)
        });
        Ok((Self(Arc::new(roster)), json(py, &report)?))
    }

    /// The results of a sync, joined to these rows; without results, the outcome is unknown.
    fn outcome<'py>(
        &self,
        py: Python<'py>,
        results: Option<&[u8]>,
        previous: Option<&Self>,
        first_sync: bool,
        repeated: bool,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let results: Option<SyncResults> = results.map(read).transpose()?;
        let baseline = baseline(py, previous, first_sync)?;
        json(py, &py.detach(|| Outcome::join(&self.0, results.as_ref(), &baseline, repeated)))
    }

    /// The roster that the group holds after a sync of this one; None without results. Health data.
    fn after(
        &self,
        py: Python<'_>,
        results: Option<&[u8]>,
        previous: Option<&Self>,
        first_sync: bool,
        repeated: bool,
    ) -> PyResult<Option<Self>> {
        let results: Option<SyncResults> = results.map(read).transpose()?;
        let baseline = baseline(py, previous, first_sync)?;
        let held = py.detach(|| {
            let outcome = Outcome::join(&self.0, results.as_ref(), &baseline, repeated);
            outcome.group_after(&self.0, &baseline)
        });
        Ok(held.map(Self::from))
    }

    /// The full roster with failed rows replaced; `replacements` is `[[reference_id, member], ...]`.
    fn corrected(
        &self,
        py: Python<'_>,
        results: &[u8],
        replacements: &[u8],
    ) -> PyResult<(Self, u64, Vec<String>)> {
        let results: SyncResults = read(results)?;
        let replacements: Vec<(String, Member)> = read(replacements)?;
        // The failed rows do not depend on the baseline.
        let outcome = Outcome::join(&self.0, Some(&results), &Baseline::Unknown, false);
        let corrected = outcome.corrected(&self.0, replacements).map_err(|error| {
            let error = Error::new(ErrorKind::InvalidArgument, error.to_string());
            error::to_python(py, &error, None)
        })?;
        Ok((Self(Arc::new(corrected.roster)), corrected.replaced, corrected.still_failing))
    }
}

impl From<roster::Roster> for Roster {
    fn from(roster: roster::Roster) -> Self {
        Self(Arc::new(roster))
    }
}

impl Roster {
    fn of(py: Python<'_>, read: Result<roster::Roster, roster::ReadError>) -> PyResult<Self> {
        let roster = read.map_err(|error| {
            error::with_details(py, ErrorKind::InvalidRoster, error.to_string(), &error)
        })?;
        Ok(Self(Arc::new(roster)))
    }
}

fn baseline(py: Python<'_>, previous: Option<&Roster>, first_sync: bool) -> PyResult<Baseline> {
    let previous = previous.map(|previous| Arc::clone(&previous.0));
    Baseline::from_options(previous, first_sync).map_err(|refusal| guard_error(py, &refusal))
}

fn guard_error(py: Python<'_>, refusal: &GuardRefusal) -> PyErr {
    error::with_details(py, ErrorKind::GuardRefused, refusal.to_string(), refusal)
}
