//! Tests of the journal and the stored rosters.

use vitable_groups::model::{Address, Member};

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
    let locks = Locks::at(folder.path().join("locks"));
    let state = State::open(Some(folder.path().join("a/b")), locks).unwrap();
    (folder, state)
}

fn roster(names: &[&str]) -> Roster {
    let address = || Address::new("1 Main Street", "Springfield", "IL", "62701");
    let member = |name: &&str| Member::new(*name, "A", *name, "1990-01-01", "p1", address());
    names.iter().map(member).collect()
}

fn begin(state: &State, group: &str, names: &[&str]) -> JournalEntry {
    state.begin(start(group), &roster(names), &Baseline::FirstSync).unwrap()
}

/// The reference IDs of each roster that a group may hold.
fn candidates_of(state: &State, group: &str) -> Vec<Vec<String>> {
    let names =
        |roster: &Arc<Roster>| roster.members().map(|member| member.reference_id.clone()).collect();
    state.history(URL, group).candidates().iter().map(names).collect()
}

fn journal(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("a/b/journal.jsonl")
}

#[test]
fn each_step_of_a_sync_is_recorded() {
    let (_folder, state) = state();
    assert!(state.history(URL, "grp_1").is_empty());
    let mut entry = begin(&state, "grp_1", &["a", "b"]);
    let [intent] = &state.unfinished().unwrap()[..] else { panic!("one is unfinished") };
    assert_eq!((intent.request_id.as_deref(), intent.start.file.as_str()), (None, "roster.csv"));
    // The group may hold the new roster or still be empty.
    assert_eq!(candidates_of(&state, "grp_1"), [vec!["a", "b"], vec![]]);

    entry.repeated = true;
    state.mark_accepted(&entry, "grpmsr_1").unwrap();
    let found = state.find("grpmsr_1").unwrap().unwrap();
    assert_eq!((&found.sync, found.repeated), (&entry.sync, true));
    assert_eq!(state.stored(&found).unwrap().roster.len(), 2);

    state.mark_completed(&found, &roster(&["a"])).unwrap();
    assert!(state.unfinished().unwrap().is_empty());
    assert!(state.stored(&found).unwrap_err().contains("missing"));
    assert_eq!(candidates_of(&state, "grp_1"), [["a"]]);
    assert!(state.history(URL, "grp_2").is_empty());
    assert!(state.history("https://other", "grp_1").is_empty());
}

#[test]
fn a_completed_sync_supersedes_earlier_ones_of_its_group() {
    let (_folder, state) = state();
    begin(&state, "grp_1", &["old"]);
    begin(&state, "grp_2", &["other"]);
    let entry = begin(&state, "grp_1", &["new"]);
    assert_eq!(candidates_of(&state, "grp_1"), [vec!["new"], vec!["old"], vec![]]);
    state.mark_accepted(&entry, "grpmsr_2").unwrap();
    let later = begin(&state, "grp_1", &["later"]);
    state.mark_completed(&entry, &roster(&["new"])).unwrap();
    let left = state.unfinished().unwrap();
    let groups: Vec<_> = left.iter().map(|entry| &*entry.start.group_id).collect();
    assert_eq!(groups, ["grp_2", "grp_1"]);
    assert_eq!(state.unsettled(URL, "grp_1"), [later]);
    assert_eq!(candidates_of(&state, "grp_1"), [vec!["later"], vec![], vec!["new"]]);
}

#[test]
fn rejected_syncs_do_not_count_and_forgotten_ones_still_do() {
    let (_folder, state) = state();
    let rejected = begin(&state, "grp_1", &["rejected"]);
    state.mark_rejected(&rejected).unwrap();
    assert!(state.history(URL, "grp_1").is_empty());
    let forgotten = begin(&state, "grp_1", &["forgotten"]);
    state.mark_forgotten(&forgotten).unwrap();
    assert!(state.unfinished().unwrap().is_empty());
    assert_eq!(candidates_of(&state, "grp_1"), [vec!["forgotten"], vec![]]);
    let next = begin(&state, "grp_1", &["next"]);
    state.mark_completed(&next, &roster(&["next"])).unwrap();
    assert_eq!(candidates_of(&state, "grp_1"), [["next"]]);
}

#[test]
fn a_partial_last_line_damages_no_other_and_its_roster_counts() {
    let (folder, state) = state();
    begin(&state, "grp_1", &["first"]);
    let whole = std::fs::read(journal(&folder)).unwrap();
    begin(&state, "grp_1", &["partial"]);
    for length in [whole.len() + 40, whole.len() + 1, whole.len()] {
        let text = std::fs::read(journal(&folder)).unwrap();
        std::fs::write(journal(&folder), &text[..length]).unwrap();
        let history = state.history(URL, "grp_1");
        assert_eq!((history.unsettled.len(), history.damage), (2, vec![]), "{length}");
        assert_eq!(candidates_of(&state, "grp_1"), [vec!["partial"], vec!["first"], vec![]]);
    }
    // The next line replaces the partial one.
    let next = begin(&state, "grp_1", &["next"]);
    assert_eq!(state.history(URL, "grp_1").damage, [""; 0]);
    state.mark_completed(&next, &roster(&["next"])).unwrap();
    assert_eq!(candidates_of(&state, "grp_1"), [["next"]]);
}

#[test]
fn a_damaged_line_counts_until_a_later_sync_completes() {
    let (folder, state) = state();
    let first = begin(&state, "grp_1", &["first"]);
    state.mark_completed(&first, &roster(&["first"])).unwrap();
    let mut text = std::fs::read(journal(&folder)).unwrap();
    text.extend_from_slice(b"{\"at\":\"2026\n");
    std::fs::write(journal(&folder), text).unwrap();
    for group in ["grp_1", "grp_2"] {
        let damage = state.history(URL, group).damage;
        assert!(damage[0].contains("journal.jsonl is damaged in line 3"), "{damage:?}");
    }
    let later = begin(&state, "grp_1", &["later"]);
    state.mark_completed(&later, &roster(&["later"])).unwrap();
    assert_eq!(state.history(URL, "grp_1").damage, [""; 0]);
    assert_eq!(state.history(URL, "grp_2").damage.len(), 1);
}

#[test]
fn an_event_of_an_unknown_sync_is_damage() {
    let (folder, state) = state();
    let entry = begin(&state, "grp_1", &["a"]);
    state.mark_accepted(&entry, "grpmsr_1").unwrap();
    let text = std::fs::read_to_string(journal(&folder)).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    std::fs::write(journal(&folder), rest).unwrap();
    let history = state.history(URL, "grp_1");
    assert!(history.damage[0].contains("line 1"), "{:?}", history.damage);
    // The stored roster still counts.
    assert_eq!(history.unsettled.len(), 1);
}

#[test]
fn a_missing_roster_is_not_an_empty_group() {
    let (folder, state) = state();
    let entry = begin(&state, "grp_1", &["a"]);
    let remove = |start: &str| {
        for file in std::fs::read_dir(folder.path().join("a/b")).unwrap() {
            let path = file.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with(start) {
                std::fs::remove_file(path).unwrap();
            }
        }
    };
    remove("pending-");
    assert!(state.history(URL, "grp_1").damage[0].contains("is missing"));
    state.mark_completed(&entry, &roster(&["a"])).unwrap();
    assert!(state.history(URL, "grp_1").damage.is_empty());
    remove("roster-");
    assert!(state.history(URL, "grp_1").damage[0].contains("is missing"));
}

#[test]
fn a_running_sync_is_locked_and_not_unfinished() {
    let (_folder, state) = state();
    let lock = state.lock(URL, "grp_1").unwrap();
    begin(&state, "grp_1", &["a"]);
    assert!(state.unfinished().unwrap().is_empty());
    assert!(state.lock(URL, "grp_1").is_err());
    assert!(state.lock(URL, "grp_2").is_ok());
    drop(lock);
    assert_eq!(state.unfinished().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_access_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, state) = state();
    let _lock = state.lock(URL, "grp_1").unwrap();
    let entry = begin(&state, "grp_1", &["a"]);
    state.mark_completed(&entry, &roster(&["a"])).unwrap();
    begin(&state, "grp_1", &["a"]);
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut files = Vec::new();
    for directory in ["a/b", "locks"].map(|name| folder.path().join(name)) {
        assert_eq!(mode(&directory), 0o700);
        files.extend(std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path()));
    }
    assert_eq!(files.len(), 4);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn without_state_nothing_is_found_but_locks_work() {
    let folder = tempfile::tempdir().unwrap();
    let none = || State::none(Locks::at(folder.path().to_owned()));
    let state = none();
    let entry = begin(&state, "grp_1", &["a"]);
    state.mark_accepted(&entry, "grpmsr_1").unwrap();
    assert_eq!(state.find("grpmsr_1").unwrap(), None);
    assert!(state.history(URL, "grp_1").is_empty());
    let _lock = state.lock(URL, "grp_1").unwrap();
    assert!(none().lock(URL, "grp_1").is_err());
}
