//! A panic in the caller's own code, in the middle of a call that carries member data.

use std::process::Command;

use vitable_groups::testing::ScriptedResponse;

use crate::calls::{echo, member};
use crate::common::World;
use crate::found;

const CRASH: &str = "CANARY_CRASH";
const RECEIPT: &str = r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#;

/// Runs one of these tests as a program that fails, and gives all that it says.
fn said_at_the_end<const N: usize>(test: &str, variables: [(&str, &str); N]) -> String {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(variables)
        .output()
        .unwrap();
    assert!(!done.status.success());
    [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
}

/// Runs itself again as the program that crashes.
#[test]
fn a_crash_shows_nothing() {
    if std::env::var_os(CRASH).is_some() {
        crash();
    }
    for backtrace in ["0", "1", "full"] {
        let variables = [(CRASH, "1"), ("RUST_BACKTRACE", backtrace), ("RUST_LOG", "trace")];
        let said = said_at_the_end("crash::a_crash_shows_nothing", variables);
        assert!(said.contains("the caller's own fault"), "{said}");
        assert_eq!(said.contains("stack backtrace"), backtrace != "0", "{said}");
        assert_eq!(found(&said), [""; 0], "{said}");
    }
}

const WORDS: &str = "CANARY_WORDS";
const THIS: &str = "crash::the_words_of_a_panic_are_hidden_where_they_are_asked_to_be";

/// What a dependency says when it panics may repeat what it was given.
#[test]
fn the_words_of_a_panic_are_hidden_where_they_are_asked_to_be() {
    match std::env::var(WORDS).as_deref() {
        Ok("hidden") => {
            vitable_groups::binding::hide_panic_messages();
            cut_a_letter();
        }
        Ok(_) => cut_a_letter(),
        Err(_) => {}
    }
    for (words, backtrace) in [("hidden", "0"), ("hidden", "1"), ("shown", "0")] {
        let said = said_at_the_end(THIS, [(WORDS, words), ("RUST_BACKTRACE", backtrace)]);
        assert!(said.contains("panicked at") && said.contains("crash.rs:"), "{said}");
        assert_eq!(said.contains("stack backtrace"), backtrace == "1", "{said}");
        assert_eq!(found(&said).contains(&"CanaryFirst"), words == "shown", "{said}");
    }
}

#[expect(clippy::string_slice, reason = "its panic is what is tested")]
fn cut_a_letter() {
    let name = std::hint::black_box("CanaryFirst é".to_owned());
    std::hint::black_box(&name[..13]);
}

fn crash() {
    let running = ScriptedResponse::json(
        200,
        format!(r#"{{"data": {{"request_id": "r1", "extra": {}}}}}"#, echo()),
    );
    let world = World::new([ScriptedResponse::json(202, RECEIPT), running]);
    let sync = world.client.groups().members().sync();
    let wait = sync.submit_and_wait("g1", [member()]).on_progress(|progress| {
        panic!("the caller's own fault at {progress:?}");
    });
    let _ = world.run(wait.into_future());
}
