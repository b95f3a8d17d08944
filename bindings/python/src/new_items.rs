//! The new items of a page.

use std::borrow::Cow;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use vitable_groups::binding;

use crate::json::read;
use crate::json::record::Converter;
use crate::json::tape::{Kind, Tape};

/// The items of a page that are not on an earlier page.
pub(crate) struct NewItems {
    tape: Arc<Tape>,
    items: Vec<u32>,
}

impl NewItems {
    pub(crate) fn of(tape: Arc<Tape>, total: Option<i64>, seen: &Mutex<binding::SeenIds>) -> Self {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.reserve(total.unwrap_or_default());
        let data = tape.find(0, "data").into_iter().flat_map(|data| tape.items(data));
        let mut items: Vec<u32> = data.collect();
        let hint = AtomicU32::new(0);
        let ids: Vec<_> = items
            .iter()
            .map(|item| {
                let id = tape.find_by(&hint, *item, "id").and_then(|at| tape.node(at));
                let id = id.filter(|node| matches!(node.kind, Kind::Plain | Kind::Escaped));
                id.map_or(Cow::Borrowed(""), |id| tape.string(id))
            })
            .collect();
        let mut are_new = seen.insert_all(ids.iter().map(AsRef::as_ref)).into_iter();
        items.retain(|_| are_new.next().unwrap_or(true));
        drop(ids);
        Self { tape, items }
    }

    /// The items as models of a class.
    pub(crate) fn into_python(
        self,
        py: Python<'_>,
        class: Option<&Py<PyType>>,
    ) -> PyResult<Py<PyAny>> {
        let class = class.map_or(Converter::Any, |class| Converter::Model(class.clone_ref(py)));
        let list = PyList::empty(py);
        for item in self.items {
            list.append(read::value(py, &self.tape, item, &class)?)?;
        }
        Ok(list.into_any().unbind())
    }
}
