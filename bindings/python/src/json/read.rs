//! Creates Python objects from spans of a scanned text.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use super::tape::{Kind, Node, Tape};
use super::time;
use crate::json::record::{Converter, Lazy, Record};

/// The value at `index`, converted if `converter` fits it; values of other types are kept.
pub(crate) fn value<'py>(
    py: Python<'py>,
    tape: &Arc<Tape>,
    index: u32,
    converter: &Converter,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(node) = tape.node(index) else { return Ok(py.None().into_bound(py)) };
    match (node.kind, converter) {
        (Kind::Object, Converter::Model(class)) => {
            Record::of(class.bind(py), Lazy::new(Arc::clone(tape), index))
        }
        (Kind::Object, Converter::Dict(values)) => dict(py, tape, index, values),
        (Kind::Object, _) => dict(py, tape, index, &Converter::Any),
        (Kind::Array, Converter::List(items)) => list(py, tape, index, items),
        (Kind::Array, _) => list(py, tape, index, &Converter::Any),
        _ => scalar(py, tape, node, converter),
    }
}

/// A value that is not an array or object.
pub(crate) fn scalar<'py>(
    py: Python<'py>,
    tape: &Tape,
    node: Node,
    converter: &Converter,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match node.kind {
        // Python validates the UTF-8 itself.
        Kind::Plain if !matches!(converter, Converter::Datetime | Converter::Date) => {
            PyString::from_bytes(py, tape.bytes(node))?.into_any()
        }
        Kind::Plain | Kind::Escaped => {
            let text = tape.string(node);
            let time = match converter {
                Converter::Datetime => time::datetime_of_text(py, &text)?,
                Converter::Date => time::date_of_text(py, &text)?,
                _ => None,
            };
            match time {
                Some(time) => time,
                None => PyString::new(py, &text).into_any(),
            }
        }
        Kind::Int => int(py, tape.text(node), converter)?,
        Kind::Float => {
            let number: f64 = tape.text(node).parse().unwrap_or(f64::NAN);
            match converter {
                Converter::Datetime => time::datetime_of_number(py, number)?,
                _ => None,
            }
            .map_or_else(|| number.into_pyobject(py).map(Bound::into_any), Ok)?
        }
        Kind::True => true.into_pyobject(py)?.to_owned().into_any(),
        Kind::False => false.into_pyobject(py)?.to_owned().into_any(),
        Kind::Null | Kind::Array | Kind::Object => py.None().into_bound(py),
    })
}

fn int<'py>(py: Python<'py>, text: &str, converter: &Converter) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(number) = text.parse::<i64>() {
        #[expect(clippy::cast_precision_loss, reason = "numbers that large are not times")]
        if let (Converter::Datetime, Some(time)) =
            (converter, time::datetime_of_number(py, number as f64)?)
        {
            return Ok(time);
        }
        return Ok(number.into_pyobject(py)?.into_any());
    }
    // Does not fit into 64 bits.
    py.import("builtins")?.getattr("int")?.call1((text,))
}

fn dict<'py>(
    py: Python<'py>,
    tape: &Arc<Tape>,
    index: u32,
    values: &Converter,
) -> PyResult<Bound<'py, PyAny>> {
    let dict = PyDict::new(py);
    for (name, item) in tape.entries(index) {
        dict.set_item(key(py, tape, name), value(py, tape, item, values)?)?;
    }
    Ok(dict.into_any())
}

fn list<'py>(
    py: Python<'py>,
    tape: &Arc<Tape>,
    index: u32,
    items: &Converter,
) -> PyResult<Bound<'py, PyAny>> {
    let list = PyList::empty(py);
    for item in tape.items(index) {
        list.append(value(py, tape, item, items)?)?;
    }
    Ok(list.into_any())
}

pub(crate) fn key<'py>(py: Python<'py>, tape: &Tape, index: u32) -> Bound<'py, PyString> {
    let text = tape.node(index).map(|node| tape.string(node)).unwrap_or_default();
    PyString::intern(py, &text)
}
