//! Times of responses as Python datetimes, by the rules of the official package: offsets are kept,
//! naive times stay naive, numbers are Unix time, anything else is kept as it is.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// Larger numbers are milliseconds or finer units: as seconds, they are beyond the year 2600.
const SECONDS_END: f64 = 2e10;

static DATETIME: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static DATE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn class<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    Ok(cell
        .get_or_try_init(py, || Ok::<_, PyErr>(py.import("datetime")?.getattr(name)?.unbind()))?
        .bind(py))
}

pub(crate) fn datetime_type(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    class(py, &DATETIME, "datetime")
}

pub(crate) fn date_type(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    class(py, &DATE, "date")
}

fn utc(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    Ok(UTC
        .get_or_try_init(py, || {
            Ok::<_, PyErr>(py.import("datetime")?.getattr("timezone")?.getattr("utc")?.unbind())
        })?
        .bind(py))
}

/// A time or a number from a string; `None` if it is neither.
pub(crate) fn datetime_of_text<'py>(
    py: Python<'py>,
    text: &str,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(number) = text.parse::<f64>() {
        return datetime_of_number(py, number);
    }
    let Some(parts) = Parts::read(text) else { return Ok(None) };
    let Parts { date: (year, month, day), time: (hour, minute, second, micro), offset } = parts;
    let zone = match offset {
        None => py.None().into_bound(py),
        Some(0) => utc(py)?.clone(),
        Some(minutes) => {
            let module = py.import("datetime")?;
            let keywords = PyDict::new(py);
            keywords.set_item("minutes", minutes)?;
            let delta = module.getattr("timedelta")?.call((), Some(&keywords))?;
            match module.getattr("timezone")?.call1((delta,)) {
                Ok(zone) => zone,
                Err(_) => return Ok(None),
            }
        }
    };
    // Out of range, such as February 30: not a time.
    Ok(datetime_type(py)?.call1((year, month, day, hour, minute, second, micro, zone)).ok())
}

/// Unix time in seconds, or in a finer unit if it is too large for seconds.
pub(crate) fn datetime_of_number(
    py: Python<'_>,
    mut number: f64,
) -> PyResult<Option<Bound<'_, PyAny>>> {
    if !number.is_finite() {
        return Ok(None);
    }
    while number.abs() > SECONDS_END {
        number /= 1000.0;
    }
    Ok(datetime_type(py)?.call_method1("fromtimestamp", (number, utc(py)?)).ok())
}

/// A date from `YYYY-MM-DD`; `None` for anything else.
pub(crate) fn date_of_text<'py>(
    py: Python<'py>,
    text: &str,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let mut input = Input(text.as_bytes());
    let Some((year, month, day)) = input.date().filter(|_| input.0.is_empty()) else {
        return Ok(None);
    };
    Ok(date_type(py)?.call1((year, month, day)).ok())
}

struct Parts {
    date: (i32, i32, i32),
    time: (i32, i32, i32, i32),
    /// Minutes east of UTC.
    offset: Option<i32>,
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let mut input = Input(text.as_bytes());
        let date = input.date()?;
        if !matches!(input.next()?, b'T' | b't' | b' ') {
            return None;
        }
        let (hour, minute) = (input.number(2)?, input.after(b':')?.number(2)?);
        let mut second = 0;
        let mut micro = 0;
        if let Some(()) = input.skip(b':') {
            second = input.number(2)?;
            if input.skip(b'.').is_some() {
                micro = input.fraction()?;
            }
        }
        let offset = input.offset().ok()?;
        input.0.is_empty().then_some(Self { date, time: (hour, minute, second, micro), offset })
    }
}

struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn skip(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn after(&mut self, byte: u8) -> Option<&mut Self> {
        self.skip(byte)?;
        Some(self)
    }

    fn digit(&mut self) -> Option<i32> {
        let digit = self.0.first().filter(|byte| byte.is_ascii_digit())?;
        let value = i32::from(digit - b'0');
        self.next();
        Some(value)
    }

    fn number(&mut self, digits: usize) -> Option<i32> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn date(&mut self) -> Option<(i32, i32, i32)> {
        Some((self.number(4)?, self.after(b'-')?.number(2)?, self.after(b'-')?.number(2)?))
    }

    /// Microseconds; finer digits are truncated.
    fn fraction(&mut self) -> Option<i32> {
        let mut micro = self.digit()? * 100_000;
        let mut unit = 10_000;
        while let Some(digit) = self.digit() {
            micro += digit * unit;
            unit /= 10;
        }
        Some(micro)
    }

    /// The minutes of `Z`, `+HH`, `+HHMM` or `+HH:MM`; `None` at the end of the text.
    fn offset(&mut self) -> Result<Option<i32>, ()> {
        let sign = match self.0.first() {
            None => return Ok(None),
            Some(b'Z' | b'z') => {
                self.next();
                return Ok(Some(0));
            }
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return Err(()),
        };
        self.next();
        let hours = self.number(2).ok_or(())?;
        let _ = self.skip(b':');
        let minutes = if self.0.is_empty() { 0 } else { self.number(2).ok_or(())? };
        Ok(Some(sign * (hours * 60 + minutes)))
    }
}
