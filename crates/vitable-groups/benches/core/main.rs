//! What the core's parts cost, without a network. `cargo bench -p vitable-groups` takes their time,
//! `make bench-instructions` counts their instructions.
#![allow(clippy::unwrap_used, clippy::format_push_string, missing_docs, reason = "a benchmark")]

mod parts;

use divan::Bencher;

fn main() {
    divan::main();
}

#[divan::bench(args = parts::PARTS.iter().map(|(name, _)| *name))]
fn core(bencher: Bencher, name: &str) {
    let (_, make) = parts::PARTS.iter().find(|(known, _)| *known == name).unwrap();
    let mut part = make();
    bencher.bench_local(&mut *part);
}
