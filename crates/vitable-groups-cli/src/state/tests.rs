//! What the journal and the rosters remember.

use super::*;

const URL: &str = "http://127.0.0.1:4010/";

fn start(group: &str) -> Start {
    Start {
        base_url: URL.to_owned(),
        group_id: group.to_owned(),
        file: "roster.csv".to_owned(),
        rows: 2,
        fingerprint: fingerprint(b"rows"),
    }
}

fn state() -> (tempfile::TempDir, State) {
    let folder = tempfile::tempdir().unwrap();
    let state = State::open(Some(folder.path().join("a/b"))).unwrap();
    (folder, state)
}

#[test]
fn a_sync_is_remembered_step_by_step() {
    let (_folder, state) = state();
    let sync = state.begin(start("grp_1"), b"rows").unwrap().sync;
    let [intent] = &state.unfinished().unwrap()[..] else { panic!("one is unfinished") };
    assert_eq!((intent.request_id.as_deref(), intent.start.file.as_str()), (None, "roster.csv"));
    assert_eq!(state.last_roster(URL, "grp_1").unwrap(), None);

    state.accepted(&sync, "grpmsr_1").unwrap();
    let found = state.find("grpmsr_1").unwrap().unwrap();
    assert_eq!(found.sync, sync);
    assert_eq!(state.pending_roster(&sync).unwrap().as_deref(), Some(&b"rows"[..]));

    state.end(&found, Ending::Completed, Some(b"after")).unwrap();
    assert!(state.unfinished().unwrap().is_empty());
    assert_eq!(state.pending_roster(&sync).unwrap(), None);
    assert_eq!(state.last_roster(URL, "grp_1").unwrap().as_deref(), Some(&b"after"[..]));
    assert_eq!(state.last_roster(URL, "grp_2").unwrap(), None);
    assert_eq!(state.last_roster("https://other", "grp_1").unwrap(), None);
}

#[test]
fn a_completed_sync_ends_the_groups_earlier_ones() {
    let (_folder, state) = state();
    state.begin(start("grp_1"), b"old").unwrap();
    state.begin(start("grp_2"), b"other").unwrap();
    let sync = state.begin(start("grp_1"), b"new").unwrap().sync;
    state.accepted(&sync, "grpmsr_2").unwrap();
    let entry = state.find("grpmsr_2").unwrap().unwrap();
    state.end(&entry, Ending::Completed, None).unwrap();
    let left = state.unfinished().unwrap();
    assert_eq!(left.iter().map(|entry| &*entry.start.group_id).collect::<Vec<_>>(), ["grp_2"]);
}

#[test]
fn a_cut_line_spoils_no_other() {
    let (folder, state) = state();
    state.begin(start("grp_1"), b"rows").unwrap();
    let journal = folder.path().join("a/b/journal.jsonl");
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"at\":\"2026");
    std::fs::write(&journal, text).unwrap();
    state.begin(start("grp_2"), b"rows").unwrap();
    assert_eq!(state.unfinished().unwrap().len(), 2);
}

#[test]
fn a_sync_under_way_is_locked_and_not_called_unfinished() {
    let (_folder, state) = state();
    let lock = state.lock(URL, "grp_1").unwrap();
    state.begin(start("grp_1"), b"rows").unwrap();
    assert!(state.unfinished().unwrap().is_empty());
    assert!(state.lock(URL, "grp_1").is_err());
    assert!(state.lock(URL, "grp_2").is_ok());
    drop(lock);
    assert_eq!(state.unfinished().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, state) = state();
    let _lock = state.lock(URL, "grp_1").unwrap();
    state.begin(start("grp_1"), b"rows").unwrap();
    let place = folder.path().join("a/b");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place), 0o700);
    let files: Vec<_> =
        std::fs::read_dir(place).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn without_state_nothing_is_found() {
    let state = State::none();
    let sync = state.begin(start("grp_1"), b"rows").unwrap().sync;
    state.accepted(&sync, "grpmsr_1").unwrap();
    assert_eq!(state.find("grpmsr_1").unwrap(), None);
    assert!(state.lock(URL, "grp_1").is_ok());
}
