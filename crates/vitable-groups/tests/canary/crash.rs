//! A panic in the caller's code, during a call that contains member data.

use std::process::Command;

use vitable_groups::testing::ScriptedResponse;

use crate::calls::{echo, member};
use crate::common::TestClient;
use crate::found;

const CRASH: &str = "CANARY_CRASH";
const RECEIPT: &str = r#"{"data": {"request_id": "r1", "group_id": "g1"}}"#;

/// Runs one of these tests in a process that fails, and returns its output.
fn output_of<const N: usize>(test: &str, variables: [(&str, &str); N]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .envs(variables)
        .output()
        .unwrap();
    assert!(!output.status.success());
    [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat()
}

/// Runs itself in another process that crashes.
#[test]
fn a_crash_shows_nothing() {
    if std::env::var_os(CRASH).is_some() {
        crash();
    }
    for backtrace in ["0", "1", "full"] {
        let variables = [(CRASH, "1"), ("RUST_BACKTRACE", backtrace), ("RUST_LOG", "trace")];
        let output = output_of("crash::a_crash_shows_nothing", variables);
        assert!(output.contains("a bug of the caller"), "{output}");
        assert_eq!(output.contains("stack backtrace"), backtrace != "0", "{output}");
        assert_eq!(found(&output), [""; 0], "{output}");
    }
}

const MESSAGES: &str = "CANARY_MESSAGES";
const HIDING_TEST: &str = "crash::panic_messages_can_be_hidden";

/// The panic message of a dependency may contain its input.
#[test]
fn panic_messages_can_be_hidden() {
    match std::env::var(MESSAGES).as_deref() {
        Ok("hidden") => {
            vitable_groups::binding::hide_panic_messages();
            split_a_character();
        }
        Ok(_) => split_a_character(),
        Err(_) => {}
    }
    for (messages, backtrace) in [("hidden", "0"), ("hidden", "1"), ("shown", "0")] {
        let output = output_of(HIDING_TEST, [(MESSAGES, messages), ("RUST_BACKTRACE", backtrace)]);
        assert!(output.contains("panicked at") && output.contains("crash.rs:"), "{output}");
        assert_eq!(output.contains("stack backtrace"), backtrace == "1", "{output}");
        assert_eq!(found(&output).contains(&"CanaryFirst"), messages == "shown", "{output}");
    }
}

#[expect(clippy::string_slice, reason = "the test needs its panic")]
fn split_a_character() {
    let name = std::hint::black_box("CanaryFirst é".to_owned());
    std::hint::black_box(&name[..13]);
}

fn crash() {
    let running = ScriptedResponse::json(
        200,
        format!(r#"{{"data": {{"request_id": "r1", "extra": {}}}}}"#, echo()),
    );
    let test = TestClient::new([ScriptedResponse::json(202, RECEIPT), running]);
    let sync = test.client.groups().members().sync();
    let wait = sync.submit_and_wait("g1", [member()]).on_progress(|progress| {
        panic!("a bug of the caller at {progress:?}");
    });
    let _ = test.run(wait.into_future());
}
