//! Benchmarks of parts of the core, without a network. `cargo bench -p vitable-groups` measures their
//! time, `make bench-instructions` counts their instructions.
#![allow(clippy::unwrap_used, clippy::format_push_string, missing_docs, reason = "a benchmark")]

mod parts;

use divan::Bencher;

fn main() {
    divan::main();
}

#[divan::bench(args = parts::PARTS.iter().map(|(name, _)| *name))]
fn core(bencher: Bencher, name: &str) {
    let (_, build) = parts::PARTS.iter().find(|(candidate, _)| *candidate == name).unwrap();
    let mut part = build();
    bencher.bench_local(&mut *part);
}
