//! The native module of the Python package: it translates values, errors, waits and logs between
//! Python and the core, which implements all behavior.

mod bridge;
mod call_future;
mod client;
mod config;
mod error;
mod job;
mod json;
mod logs;
mod new_items;
mod options;
mod outcome;
mod pages;
mod process;
mod response;
mod roster;
mod runtime;
mod sandbox;
mod stream;
#[cfg(unix)]
mod task;
mod tokens;
mod transport;
mod wait;

use pyo3::prelude::*;

/// The module `vitable_groups._native`.
#[pymodule(gil_used = false)]
mod _native {
    use bytes::Bytes;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyType;

    #[pymodule_export]
    use crate::bridge::CompletionQueue;
    #[pymodule_export]
    use crate::call_future::CallFuture;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::job::Job;
    #[pymodule_export]
    use crate::json::record::{Field, Record, coerce};
    #[pymodule_export]
    use crate::json::write::encode;
    #[pymodule_export]
    use crate::logs::set_log_level;
    #[pymodule_export]
    use crate::options::Deadline;
    #[pymodule_export]
    use crate::pages::{Pager, SeenIds};
    #[pymodule_export]
    use crate::process::forked;
    #[pymodule_export]
    use crate::response::{NativePageSummary, NativeResponse};
    #[pymodule_export]
    use crate::roster::Roster;
    #[pymodule_export]
    use crate::runtime::shutdown;
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::stream::NativeStreamedResponse;

    use crate::json::read;
    use crate::json::record::{Converter, Lazy};
    use crate::json::tape::{Kind, Tape};

    #[pymodule_init]
    #[expect(clippy::unnecessary_wraps, reason = "the signature that the macro requires")]
    fn start(_py: Python<'_>) -> PyResult<()> {
        vitable_groups::binding::hide_panic_messages();
        Ok(())
    }

    /// Decodes JSON: an object as a model, other values as they are.
    #[pyfunction]
    fn decode<'py>(
        py: Python<'py>,
        text: Vec<u8>,
        class: Option<&Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let tape = Tape::scan(Bytes::from(text))
            .map_err(|error| PyValueError::new_err(format!("invalid JSON at byte {}", error.at)))?;
        let tape = std::sync::Arc::new(tape);
        match (tape.node(0).map(|node| node.kind), class) {
            (Some(Kind::Object), Some(class)) => Record::of(class, Lazy::new(tape, 0)),
            _ => read::value(py, &tape, 0, &Converter::Any),
        }
    }

    /// The core's manifest as JSON: operations, parameters, defaults, error kinds.
    #[pyfunction]
    fn manifest() -> String {
        vitable_groups::binding::manifest().to_string()
    }
}
