//! The results, and the file that the conformance table is generated from.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

#[derive(Default)]
pub(crate) struct Report(Vec<Group>);

/// The results of a scenario file.
#[derive(Serialize)]
pub(crate) struct Group {
    language: &'static str,
    #[serde(rename = "group")]
    pub(crate) name: String,
    passed: Vec<String>,
    failed: Vec<Failure>,
}

#[derive(Serialize)]
struct Failure {
    name: String,
    reason: String,
}

impl Group {
    pub(crate) fn new(name: impl Into<String>) -> Self {
        Self { language: "rust", name: name.into(), passed: Vec::new(), failed: Vec::new() }
    }

    pub(crate) fn add(&mut self, name: &str, result: Result<(), String>) {
        match result {
            Ok(()) => self.passed.push(name.to_owned()),
            Err(reason) => self.failed.push(Failure { name: name.to_owned(), reason }),
        }
    }
}

impl Report {
    /// Adds a group and prints its results.
    pub(crate) fn add(&mut self, mut group: Group) {
        let mut names = BTreeSet::new();
        let all = group.passed.iter().chain(group.failed.iter().map(|failure| &failure.name));
        let repeated: Vec<String> = all.filter(|name| !names.insert(*name)).cloned().collect();
        for name in repeated {
            group.add(&name, Err("two scenarios have this name".to_owned()));
        }
        println!("{}: {} passed, {} failed", group.name, group.passed.len(), group.failed.len());
        for Failure { name, reason } in &group.failed {
            println!("  {name}\n    {reason}");
        }
        self.0.push(group);
    }

    /// Writes the results, and the manifest that they must cover.
    pub(crate) fn write(&self) -> Result<(), String> {
        let folder = target().join("conformance");
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let write = |name: &str, text: serde_json::Result<String>| {
            let text = text.map_err(|error| error.to_string())?;
            std::fs::write(folder.join(name), text).map_err(|error| error.to_string())
        };
        write("rust.json", serde_json::to_string_pretty(&self.0))?;
        write("manifest.json", serde_json::to_string_pretty(&vitable_groups::binding::manifest()))
    }

    /// Prints the summary in the format of other test suites, and returns the exit code.
    pub(crate) fn end(&self) -> ExitCode {
        let count = |of: fn(&Group) -> usize| self.0.iter().map(of).sum::<usize>();
        let (passed, failed) =
            (count(|group| group.passed.len()), count(|group| group.failed.len()));
        let word = if failed == 0 && passed > 0 { "ok" } else { "FAILED" };
        println!("test result: {word}. {passed} passed; {failed} failed; conformance scenarios");
        if word == "ok" { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn target() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from)
}
