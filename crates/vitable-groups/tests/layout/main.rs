//! The layout of the sources of every crate: the top-level modules have no cyclic dependencies, and
//! each imports items from the module that defines them, not through the crate's root.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod names;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use names::names;

/// A dependency of a top-level module, and the path that causes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Dependency {
    from: String,
    /// Segments after `crate`.
    to: Vec<String>,
    file: String,
}

/// Every file below a folder, with its module.
fn files(folder: &Path, module: &[String], found: &mut Vec<(PathBuf, Vec<String>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let inner = || [module, std::slice::from_ref(&name)].concat();
        if path.is_dir() {
            files(&path, &inner(), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            match name.as_str() {
                "lib" | "main" if module.is_empty() => {}
                "mod" => found.push((path, module.to_vec())),
                _ => found.push((path.clone(), inner())),
            }
        }
    }
}

/// The sources of all crates in this repository.
fn crates() -> Vec<PathBuf> {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [core.join(".."), core.join("../../bindings")];
    let crates = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut roots: Vec<_> = crates
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("Cargo.toml").exists())
        .map(|path| path.join("src"))
        .collect();
    roots.sort();
    assert!(roots.len() > 8, "the crates were not found: {roots:?}");
    roots
}

/// The dependencies between top-level modules of a crate, and the names of these modules.
fn dependencies(root: &Path) -> (BTreeSet<Dependency>, BTreeSet<String>) {
    let mut all = Vec::new();
    files(root, &[], &mut all);
    let read: Vec<_> = all
        .into_iter()
        .map(|(path, module)| {
            let names = names(&std::fs::read_to_string(&path).unwrap(), &module);
            (path, module, names)
        })
        .collect();
    let tests: BTreeSet<Vec<String>> = read
        .iter()
        .flat_map(|(_, module, names)| {
            names
                .test_modules
                .iter()
                .map(move |name| [module.as_slice(), std::slice::from_ref(name)].concat())
        })
        .collect();
    let tops: BTreeSet<String> =
        read.iter().filter_map(|(_, module, _)| module.first().cloned()).collect();
    let mut dependencies = BTreeSet::new();
    for (path, module, names) in read {
        if (1..=module.len()).any(|length| tests.contains(&module[..length])) {
            continue;
        }
        let file = path.strip_prefix(root).unwrap().display().to_string();
        for to in names.paths {
            if to.first() != module.first() {
                dependencies.insert(Dependency { from: module[0].clone(), to, file: file.clone() });
            }
        }
    }
    (dependencies, tops)
}

/// A cycle, if there is one: each module depends on the next, the last on the first.
fn find_cycle(graph: &Graph) -> Option<Vec<String>> {
    fn visit(
        module: &str,
        graph: &Graph,
        path: &mut Vec<String>,
        visited: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = path.iter().position(|before| before == module) {
            return Some(path[start..].to_vec());
        }
        if visited.contains(module) {
            return None;
        }
        path.push(module.to_owned());
        let found = graph
            .get(module)
            .into_iter()
            .flatten()
            .find_map(|next| visit(next, graph, path, visited));
        path.pop();
        visited.insert(module.to_owned());
        found
    }
    let mut visited = BTreeSet::new();
    graph.keys().find_map(|module| visit(module, graph, &mut Vec::new(), &mut visited))
}

#[test]
fn no_item_is_imported_through_the_crates_root() {
    let mut through = Vec::new();
    for root in crates() {
        let (dependencies, tops) = dependencies(&root);
        through.extend(
            dependencies
                .iter()
                .filter(|dependency| {
                    dependency.to.first().is_none_or(|first| !tops.contains(first))
                })
                .map(|it| format!("{}: {}: crate::{}", root.display(), it.file, it.to.join("::"))),
        );
    }
    assert!(
        through.is_empty(),
        "import these from the modules that define them:\n{}",
        through.join("\n")
    );
}

type Graph = BTreeMap<String, BTreeSet<String>>;

fn graph(dependencies: &BTreeSet<Dependency>, tops: &BTreeSet<String>) -> Graph {
    let mut graph = Graph::new();
    for dependency in dependencies {
        let to = dependency.to.first().filter(|first| tops.contains(*first));
        graph.entry(dependency.from.clone()).or_default().extend(to.cloned());
    }
    graph
}

#[test]
fn the_sources_are_read() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (dependencies, tops) = dependencies(&core);
    assert!(tops.contains("pipeline") && tops.contains("error"));
    assert!(graph(&dependencies, &tops)["client"].contains("context"));
}

#[test]
fn modules_have_no_cyclic_dependencies() {
    let mut cycles = Vec::new();
    for root in crates() {
        let (dependencies, tops) = dependencies(&root);
        let Some(cycle) = find_cycle(&graph(&dependencies, &tops)) else { continue };
        let is_part = |dependency: &&Dependency| {
            let index = cycle.iter().position(|module| *module == dependency.from);
            index.is_some_and(|index| cycle[(index + 1) % cycle.len()] == dependency.to[0])
        };
        let parts = dependencies.iter().filter(|it| !it.to.is_empty()).filter(is_part);
        let lines: Vec<_> =
            parts.map(|it| format!("  {}: crate::{}", it.file, it.to.join("::"))).collect();
        let named = format!("{}: {}", root.display(), cycle.join(" -> "));
        cycles.push(format!("{named}\n{}", lines.join("\n")));
    }
    assert!(cycles.is_empty(), "cycles:\n{}", cycles.join("\n"));
}

#[test]
fn cycles_are_found() {
    let graph = |dependencies: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in dependencies {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(find_cycle(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), None);
    let found = find_cycle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")])).unwrap();
    assert_eq!(found, ["b", "c", "d"]);
}
