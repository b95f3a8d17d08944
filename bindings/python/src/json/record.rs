//! The base class of models: an object of a response whose fields are converted when they are
//! accessed. Scalars are converted on each access. The first change, or the first access to a list or
//! model, converts the whole object to a dictionary, which is kept.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

use crate::json::read;
use crate::json::tape::{Kind, Tape};

/// How values of a field are converted, by its annotation.
pub(crate) enum Converter {
    Any,
    Datetime,
    Date,
    Model(Py<PyType>),
    List(Box<Converter>),
    Dict(Box<Converter>),
}

impl Converter {
    /// Reads the tuples that `_models.schema.converter` returns.
    pub(crate) fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let parts = value.cast::<PyTuple>()?;
        let name: String = parts.get_item(0)?.extract()?;
        let inner = || Self::from_python(&parts.get_item(1)?).map(Box::new);
        Ok(match name.as_str() {
            "datetime" => Self::Datetime,
            "date" => Self::Date,
            "model" => Self::Model(parts.get_item(1)?.cast_into::<PyType>()?.unbind()),
            "list" => Self::List(inner()?),
            "dict" => Self::Dict(inner()?),
            _ => Self::Any,
        })
    }
}

/// An object within a scanned text.
pub(crate) struct Lazy {
    tape: Arc<Tape>,
    index: u32,
}

impl Lazy {
    pub(crate) fn new(tape: Arc<Tape>, index: u32) -> Self {
        Self { tape, index }
    }
}

thread_local! {
    /// The contents of the record that is being created on this thread.
    ///
    /// The constructor takes it at once; having nothing to drop keeps the access cheap.
    static SEED: Cell<ManuallyDrop<Option<Seed>>> = const { Cell::new(ManuallyDrop::new(None)) };
}

/// The contents of a new record, used without validation.
enum Seed {
    Lazy(Lazy),
    Fields(Py<PyDict>),
}

/// An object of a response.
#[pyclass(subclass, frozen, module = "vitable_groups._native")]
pub(crate) struct Record {
    lazy: Option<Lazy>,
    fields: OnceLock<Py<PyDict>>,
}

impl Record {
    pub(crate) fn of<'py>(class: &Bound<'py, PyType>, lazy: Lazy) -> PyResult<Bound<'py, PyAny>> {
        Self::from_seed(class, Seed::Lazy(lazy))
    }

    /// A string field of an object that is not yet converted to a dictionary.
    pub(crate) fn text_of<T>(&self, key: &str, read: impl FnOnce(&str) -> T) -> Option<T> {
        let (None, Some(Lazy { tape, index })) = (self.fields.get(), &self.lazy) else {
            return None;
        };
        let node = tape.find(*index, key).and_then(|at| tape.node(at))?;
        matches!(node.kind, Kind::Plain | Kind::Escaped).then(|| read(&tape.string(node)))
    }

    fn from_seed<'py>(class: &Bound<'py, PyType>, seed: Seed) -> PyResult<Bound<'py, PyAny>> {
        SEED.with(|cell| cell.set(ManuallyDrop::new(Some(seed))));
        // The constructor takes the seed, unless it never ran.
        class.call0().inspect_err(|_| drop(Self::seed()))
    }

    fn seed() -> Option<Seed> {
        ManuallyDrop::into_inner(SEED.with(Cell::take))
    }
}

#[pymethods]
impl Record {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*args, **fields))]
    fn new(
        class: &Bound<'_, PyType>,
        args: &Bound<'_, PyTuple>,
        fields: Option<Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        match Self::seed() {
            Some(Seed::Lazy(lazy)) => Ok(Self { lazy: Some(lazy), fields: OnceLock::new() }),
            Some(Seed::Fields(fields)) => Ok(Self { lazy: None, fields: OnceLock::from(fields) }),
            None if !args.is_empty() => {
                Err(PyTypeError::new_err("models take their fields as keyword arguments"))
            }
            None => {
                let fields = fields.unwrap_or_else(|| PyDict::new(class.py()));
                let checked = class.call_method1("_validated", (fields,))?;
                let fields = checked.cast_into::<PyDict>()?.unbind();
                Ok(Self { lazy: None, fields: OnceLock::from(fields) })
            }
        }
    }

    /// A model of these fields, not validated.
    #[classmethod]
    fn _make<'py>(
        class: &Bound<'py, PyType>,
        fields: Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::from_seed(class, Seed::Fields(fields.unbind()))
    }

    /// The fields that are set, in their order; changing the dictionary changes the model.
    #[pyo3(name = "_fields")]
    pub(crate) fn dictionary<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let this = slf.get();
        if let Some(fields) = this.fields.get() {
            return Ok(fields.bind(py).clone());
        }
        let fields = PyDict::new(py);
        if let Some(Lazy { tape, index }) = &this.lazy {
            let known = slf.get_type().getattr(intern!(py, "__fields__"))?.cast_into::<PyDict>()?;
            for (name, item) in tape.entries(*index) {
                let name = read::key(py, tape, name);
                let value = match known.get_item(&name)? {
                    Some(field) => {
                        let field = field.cast_into::<Field>()?;
                        read::value(py, tape, item, field.get().converter(py)?)?
                    }
                    None => read::value(py, tape, item, &Converter::Any)?,
                };
                fields.set_item(name, value)?;
            }
        }
        // Another thread may have been faster; all must use the same dictionary.
        Ok(this.fields.get_or_init(|| fields.unbind()).bind(py).clone())
    }

    fn __getattr__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let missing = || {
            let class = slf.get_type().name().map(|name| name.to_string()).unwrap_or_default();
            PyAttributeError::new_err(format!("'{class}' object has no attribute '{name}'"))
        };
        if name.to_cow()?.starts_with('_') {
            return Err(missing());
        }
        Self::dictionary(slf)?.get_item(name)?.ok_or_else(missing)
    }

    fn __setattr__<'py>(
        slf: &Bound<'py, Self>,
        name: &Bound<'py, PyString>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<()> {
        if name.to_cow()?.starts_with('_') {
            // A slot of a Python subclass, else the instance's dictionary.
            let slot = slf.get_type().getattr_opt(name)?;
            return match slot.filter(|slot| slot.hasattr("__set__").unwrap_or(false)) {
                Some(slot) => slot.call_method1("__set__", (slf, value)).map(drop),
                None => slf.getattr("__dict__")?.set_item(name, value),
            };
        }
        Self::dictionary(slf)?.set_item(name, value)
    }

    fn __delattr__<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<()> {
        if name.to_cow()?.starts_with('_') {
            let slot = slf.get_type().getattr_opt(name)?;
            return match slot.filter(|slot| slot.hasattr("__delete__").unwrap_or(false)) {
                Some(slot) => slot.call_method1("__delete__", (slf,)).map(drop),
                None => slf.getattr("__dict__")?.del_item(name),
            };
        }
        let fields = Self::dictionary(slf)?;
        fields.del_item(name).map_err(|_| PyAttributeError::new_err(name.to_string()))
    }
}

/// The descriptor of a declared field.
#[pyclass(frozen, module = "vitable_groups._native")]
pub(crate) struct Field {
    name: Py<PyString>,
    key: String,
    /// The class that declares it.
    owner: Py<PyType>,
    converter: OnceLock<Converter>,
    /// The field's distance from the object at the last access.
    hint: AtomicU32,
}

impl Field {
    fn converter(&self, py: Python<'_>) -> PyResult<&Converter> {
        if let Some(converter) = self.converter.get() {
            return Ok(converter);
        }
        let tuples = py
            .import("vitable_groups._models.schema")?
            .call_method1("converter_of", (&self.owner, &self.name))?;
        let converter = Converter::from_python(&tuples)?;
        Ok(self.converter.get_or_init(|| converter))
    }
}

#[pymethods]
impl Field {
    #[new]
    fn new(owner: Py<PyType>, name: Bound<'_, PyString>) -> PyResult<Self> {
        let key = name.to_cow()?.into_owned();
        Ok(Self {
            name: name.unbind(),
            key,
            owner,
            converter: OnceLock::new(),
            hint: AtomicU32::new(0),
        })
    }

    #[getter]
    fn name(&self, py: Python<'_>) -> Py<PyString> {
        self.name.clone_ref(py)
    }

    #[getter]
    fn owner(&self, py: Python<'_>) -> Py<PyType> {
        self.owner.clone_ref(py)
    }

    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        object: Option<&Bound<'py, PyAny>>,
        _class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(object) = object else { return Ok(slf.clone().into_any()) };
        let (py, this) = (slf.py(), slf.get());
        let record = object.cast::<Record>()?;
        let missing = || py.None().into_bound(py);
        if let (None, Some(Lazy { tape, index })) = (record.get().fields.get(), &record.get().lazy)
        {
            let found = tape.find_by(&this.hint, *index, &this.key).and_then(|at| tape.node(at));
            let Some(node) = found else { return Ok(missing()) };
            if !matches!(node.kind, Kind::Array | Kind::Object) {
                return read::scalar(py, tape, node, this.converter(py)?);
            }
        }
        let fields = Record::dictionary(record)?;
        Ok(fields.get_item(&this.name)?.unwrap_or_else(missing))
    }

    fn __set__(&self, object: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        Record::dictionary(object.cast::<Record>()?)?.set_item(&self.name, value)
    }
}

/// Converts a Python value as its annotation requires: strings become times, dictionaries become
/// models without validation.
#[pyfunction]
#[pyo3(name = "_coerce")]
pub(crate) fn coerce<'py>(
    value: &Bound<'py, PyAny>,
    converter: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    convert(value, &Converter::from_python(converter)?)
}

fn convert<'py>(value: &Bound<'py, PyAny>, converter: &Converter) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    match converter {
        Converter::Datetime | Converter::Date => {
            let Ok(text) = value.cast::<PyString>() else { return Ok(value.clone()) };
            let text = text.to_cow()?;
            let time = match converter {
                Converter::Date => crate::json::time::date_of_text(py, &text)?,
                _ => crate::json::time::datetime_of_text(py, &text)?,
            };
            Ok(time.unwrap_or_else(|| value.clone()))
        }
        Converter::Model(class) => match value.cast::<PyDict>() {
            Ok(fields) => class.bind(py).call_method("construct", (), Some(fields)),
            Err(_) => Ok(value.clone()),
        },
        Converter::List(items) => match value.cast::<PyList>() {
            Ok(list) => {
                let copy = PyList::empty(py);
                for item in list {
                    copy.append(convert(&item, items)?)?;
                }
                Ok(copy.into_any())
            }
            Err(_) => Ok(value.clone()),
        },
        Converter::Dict(values) => match value.cast::<PyDict>() {
            Ok(dict) => {
                let copy = PyDict::new(py);
                for (key, item) in dict {
                    copy.set_item(key, convert(&item, values)?)?;
                }
                Ok(copy.into_any())
            }
            Err(_) => Ok(value.clone()),
        },
        Converter::Any => Ok(value.clone()),
    }
}
