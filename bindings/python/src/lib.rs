//! x
use pyo3::prelude::*;
#[pymodule] fn _native(m:&Bound<PyModule>)->PyResult<()>{Ok(())}
