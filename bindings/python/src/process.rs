//! The ID of this process, cached: every call needs it, and the system call is slow.

use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;

/// 0 until it is first read.
static ID: AtomicU32 = AtomicU32::new(0);

pub(crate) fn id() -> u32 {
    match ID.load(Ordering::Relaxed) {
        0 => refresh(),
        id => id,
    }
}

fn refresh() -> u32 {
    let id = std::process::id();
    ID.store(id, Ordering::Relaxed);
    id
}

/// Updates the ID; Python calls this in a forked child before any other code.
#[pyfunction]
pub(crate) fn forked() {
    refresh();
}
