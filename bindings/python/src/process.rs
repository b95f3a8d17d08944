//! Which process of a chain of forks this is. Every call asks, and the system takes its time to say.

use std::sync::atomic::{AtomicU32, Ordering};

use pyo3::prelude::*;

/// 0 while nobody has asked.
static ID: AtomicU32 = AtomicU32::new(0);

pub(crate) fn id() -> u32 {
    match ID.load(Ordering::Relaxed) {
        0 => asked(),
        id => id,
    }
}

fn asked() -> u32 {
    let id = std::process::id();
    ID.store(id, Ordering::Relaxed);
    id
}

/// Python calls it in the child of a fork, before anything of the program runs there.
#[pyfunction]
pub(crate) fn forked() {
    asked();
}
