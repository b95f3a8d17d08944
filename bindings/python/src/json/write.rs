//! Writes Python objects as JSON bytes, without an intermediate copy.

use std::io::Write as _;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};

use super::time::{date_type, datetime_type};
use crate::json::record::Record;

/// Python objects nested deeper than this are treated as circular.
const MAX_DEPTH: u32 = 200;

/// Encodes a value as compact JSON.
#[pyfunction]
pub(crate) fn encode<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &to_json(value)?))
}

pub(crate) fn to_json(value: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    write(&mut out, value, 0)?;
    Ok(out)
}

/// The body of a submission: any iterable of rows, read once; a string or mapping is sent as it is.
pub(crate) fn members_body(members: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let mut out = br#"{"members":"#.to_vec();
    if members.is_instance_of::<PyString>() || members.cast::<PyMapping>().is_ok() {
        write(&mut out, members, 0)?;
    } else {
        out.push(b'[');
        let empty = out.len();
        for row in members.try_iter()? {
            if out.len() > empty {
                out.push(b',');
            }
            write(&mut out, &row?, 1)?;
        }
        out.push(b']');
    }
    out.push(b'}');
    Ok(out)
}

fn write(out: &mut Vec<u8>, value: &Bound<'_, PyAny>, depth: u32) -> PyResult<()> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err("the value contains itself, or is nested too deeply"));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return string(out, text);
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        return object(out, dict, depth);
    }
    if value.is_none() {
        out.extend_from_slice(b"null");
    } else if let Ok(flag) = value.cast::<PyBool>() {
        out.extend_from_slice(if flag.is_true() { b"true" } else { b"false" });
    } else if value.is_instance_of::<PyInt>() {
        match value.extract::<i64>() {
            Ok(number) => drop(write!(out, "{number}")),
            Err(_) => out.extend_from_slice(
                value
                    .py()
                    .get_type::<PyInt>()
                    .call_method1("__repr__", (value,))?
                    .str()?
                    .to_cow()?
                    .as_bytes(),
            ),
        }
    } else if let Ok(number) = value.cast::<PyFloat>() {
        if !number.value().is_finite() {
            return Err(PyValueError::new_err("Out of range float values are not JSON compliant"));
        }
        out.extend_from_slice(number.repr()?.to_cow()?.as_bytes());
    } else if let Ok(list) = value.cast::<PyList>() {
        array(out, list.iter(), depth)?;
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        array(out, tuple.iter(), depth)?;
    } else {
        other(out, value, depth)?;
    }
    Ok(())
}

fn string(out: &mut Vec<u8>, text: &Bound<'_, PyString>) -> PyResult<()> {
    // Fails on an unpaired surrogate, which UTF-8 cannot represent.
    let text = text.to_cow()?;
    serde_json::to_writer(out, text.as_ref())
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

fn object(out: &mut Vec<u8>, dict: &Bound<'_, PyDict>, depth: u32) -> PyResult<()> {
    out.push(b'{');
    let empty = out.len();
    for (key, value) in dict {
        if out.len() > empty {
            out.push(b',');
        }
        let Ok(name) = key.cast::<PyString>() else {
            let class = key.get_type().name()?;
            return Err(PyTypeError::new_err(format!("keys must be str, not {class}")));
        };
        string(out, name)?;
        out.push(b':');
        // A date of birth with a time of day is sent as its date.
        if name.to_cow()? == "date_of_birth" && value.is_instance(datetime_type(value.py())?)? {
            write(out, &value.call_method0("date")?, depth + 1)?;
        } else {
            write(out, &value, depth + 1)?;
        }
    }
    out.push(b'}');
    Ok(())
}

fn array<'py>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = Bound<'py, PyAny>>,
    depth: u32,
) -> PyResult<()> {
    out.push(b'[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, &item, depth + 1)?;
    }
    out.push(b']');
    Ok(())
}

/// Times, models of this package, of pydantic and of the standard library, other mappings.
fn other(out: &mut Vec<u8>, value: &Bound<'_, PyAny>, depth: u32) -> PyResult<()> {
    let py = value.py();
    if value.is_instance(datetime_type(py)?)? || value.is_instance(date_type(py)?)? {
        let text = value.call_method0("isoformat")?.cast_into::<PyString>()?;
        return string(out, &text);
    }
    if let Ok(record) = value.cast::<Record>() {
        return object(out, &Record::dictionary(record)?, depth);
    }
    if value.hasattr("model_dump")? && value.hasattr("model_fields_set")? {
        let how = PyDict::new(py);
        how.set_item("mode", "json")?;
        how.set_item("by_alias", true)?;
        how.set_item("exclude_unset", true)?;
        return write(out, &value.call_method("model_dump", (), Some(&how))?, depth + 1);
    }
    if value.hasattr("__dataclass_fields__")? && !value.is_instance_of::<pyo3::types::PyType>() {
        let fields = py.import("dataclasses")?.call_method1("asdict", (value,))?;
        return write(out, &fields, depth + 1);
    }
    if value.cast::<PyMapping>().is_ok() {
        let dict = py.get_type::<PyDict>().call1((value,))?;
        return write(out, &dict, depth + 1);
    }
    let class = value.get_type().name()?;
    Err(PyTypeError::new_err(format!("Object of type {class} is not JSON serializable")))
}
