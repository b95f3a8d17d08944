//! The layout of the sources: data flows one way through the top-level modules, so no arrow between
//! them leads back, and each imports a thing from where it lives, not through the crate's root.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod names;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use names::names;

/// An arrow from a top-level module, and the path that makes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrow {
    from: String,
    /// Segments after `crate`.
    to: Vec<String>,
    place: String,
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
                "lib" if module.is_empty() => {}
                "mod" => found.push((path, module.to_vec())),
                _ => found.push((path.clone(), inner())),
            }
        }
    }
}

/// Every arrow that leaves a top-level module, and the names of these modules.
fn arrows() -> (BTreeSet<Arrow>, BTreeSet<String>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&root, &[], &mut all);
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
    let mut arrows = BTreeSet::new();
    for (path, module, names) in read {
        if (1..=module.len()).any(|length| tests.contains(&module[..length])) {
            continue;
        }
        let place = path.strip_prefix(&root).unwrap().display().to_string();
        for to in names.paths {
            if to.first() != module.first() {
                arrows.insert(Arrow { from: module[0].clone(), to, place: place.clone() });
            }
        }
    }
    (arrows, tops)
}

/// A circle, if there is one: each module leads to the next, the last to the first.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        module: &str,
        graph: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|before| before == module) {
            return Some(way[start..].to_vec());
        }
        if done.contains(module) {
            return None;
        }
        way.push(module.to_owned());
        let found =
            graph.get(module).into_iter().flatten().find_map(|next| visit(next, graph, way, done));
        way.pop();
        done.insert(module.to_owned());
        found
    }
    let mut done = BTreeSet::new();
    graph.keys().find_map(|module| visit(module, graph, &mut Vec::new(), &mut done))
}

#[test]
fn nothing_is_imported_through_the_crates_root() {
    let (arrows, tops) = arrows();
    let through: Vec<_> = arrows
        .iter()
        .filter(|arrow| arrow.to.first().is_none_or(|first| !tops.contains(first)))
        .map(|arrow| format!("{}: crate::{}", arrow.place, arrow.to.join("::")))
        .collect();
    assert!(through.is_empty(), "import these from where they live:\n{}", through.join("\n"));
}

#[test]
fn no_module_is_in_a_circle() {
    let (arrows, tops) = arrows();
    assert!(tops.contains("pipeline") && tops.contains("error"), "the sources are not read");
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for arrow in &arrows {
        let to = arrow.to.first().filter(|first| tops.contains(*first));
        graph.entry(arrow.from.clone()).or_default().extend(to.cloned());
    }
    assert!(graph["client"].contains("context"), "the sources are not read");
    if let Some(circle) = circle(&graph) {
        let is_in = |arrow: &&Arrow| {
            let place = circle.iter().position(|module| *module == arrow.from);
            place.is_some_and(|place| circle[(place + 1) % circle.len()] == arrow.to[0])
        };
        let arrows = arrows.iter().filter(|arrow| !arrow.to.is_empty()).filter(is_in);
        let lines: Vec<_> = arrows
            .map(|arrow| format!("{}: crate::{}", arrow.place, arrow.to.join("::")))
            .collect();
        panic!("{} is a circle:\n{}", circle.join(" -> "), lines.join("\n"));
    }
}

#[test]
fn circles_are_found() {
    let graph = |arrows: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in arrows {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])), None);
    let found = circle(&graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")])).unwrap();
    assert_eq!(found, ["b", "c", "d"]);
}
