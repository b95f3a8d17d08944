//! Interactive use: prompts, colors and the progress bar.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use support::{Fixture, KEY, people};
use vitable_groups_sandbox::Sandbox;

/// A command in a pseudoterminal.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<(Mutex<Screen>, Condvar)>,
}

#[derive(Default)]
struct Screen {
    text: String,
    closed: bool,
}

impl Terminal {
    fn of(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        command.env("TERM", "xterm").stdin(open()).stdout(open()).stderr(open());
        let child = command.spawn().unwrap();
        drop(command);
        let keyboard = File::from(master);
        let mut input = keyboard.try_clone().unwrap();
        let screen = Arc::new((Mutex::new(Screen::default()), Condvar::new()));
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                // An error once the child has closed the other side.
                let read = input.read(&mut bytes).unwrap_or(0);
                let mut screen = shown.0.lock().unwrap();
                screen.text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                screen.closed = read == 0;
                shown.1.notify_all();
                if read == 0 {
                    break;
                }
            }
        });
        Self { child, keyboard, screen }
    }

    fn until(&self, text: &str) {
        let (screen, changed) = &*self.screen;
        let mut screen = screen.lock().unwrap();
        while !screen.text.contains(text) {
            assert!(!screen.closed, "it ended without {text:?}: {}", screen.text);
            screen = changed.wait(screen).unwrap();
        }
    }

    fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        let (screen, changed) = &*self.screen;
        let mut screen = screen.lock().unwrap();
        while !screen.closed {
            screen = changed.wait(screen).unwrap();
        }
        for secret in ["canarykey", "Canary", "1987-06-05", "2125550187"] {
            assert!(!screen.text.contains(secret), "{secret} is shown: {}", screen.text);
        }
        (code, screen.text.clone())
    }
}

fn at_the_prompt(fixture: &Fixture) -> (String, Terminal) {
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(3));
    let sync = ["members", "sync", &group, &file, "--first-sync"];
    let terminal = Terminal::of(fixture.command(&sync));
    terminal.until(&format!("Sync {group} (Tier 1): add 3, remove 0 of 0, update 0? [y/N] "));
    (group, terminal)
}

/// A sync that removes eight of a group's twenty members.
fn too_many(fixture: &Fixture, options: &[&str]) -> (String, Terminal) {
    let group = fixture.synced("tier-1", 20);
    let file = fixture.file("less.csv", &people(12));
    let sync = [&["members", "sync", &group, &file], options].concat();
    (group.clone(), Terminal::of(fixture.command(&sync)))
}

#[test]
fn more_removals_than_the_default_limit_require_typing_their_number() {
    // A limit on the command line does not change that.
    for options in [&[][..], &["--max-removals", "100%"], &["--max-removals", "8"]] {
        for (reply, code, left) in [("y\n", 8, 20), ("80\n", 8, 20), ("\n", 8, 20), ("8\n", 0, 12)]
        {
            let fixture = Fixture::new();
            let (group, mut terminal) = too_many(&fixture, options);
            terminal.until("add 0, remove 8 of 20, update 0.");
            terminal.until("Type 8 to confirm: ");
            terminal.types(reply);
            let (ended, screen) = terminal.end();
            assert_eq!(ended, code, "{options:?} {reply:?}: {screen}");
            assert_eq!(fixture.members(&group).len(), left, "{options:?} {reply:?}");
        }
    }
}

#[test]
fn an_explicit_limit_and_yes_block_on_a_terminal_too() {
    for options in [&["--max-removals", "7"][..], &["--yes"], &["--dry-run"]] {
        let fixture = Fixture::new();
        let (group, terminal) = too_many(&fixture, options);
        let (code, screen) = terminal.end();
        assert_eq!(code, 6, "{options:?}: {screen}");
        assert!(!screen.contains("to confirm"), "{screen}");
        assert_eq!(fixture.members(&group).len(), 20);
    }
}

#[test]
fn a_prompt_does_not_replace_a_baseline() {
    let fixture = Fixture::new();
    let group = fixture.group("tier-1");
    let file = fixture.file("roster.csv", &people(3));
    let (code, screen) = Terminal::of(fixture.command(&["members", "sync", &group, &file])).end();
    assert_eq!(code, 6, "{screen}");
    assert!(screen.contains("--previous FILE") && screen.contains("--first-sync"), "{screen}");
    assert!(fixture.control().requests().is_empty());
}

#[test]
fn confirming_sends_the_roster() {
    let fixture = Fixture::new();
    let (group, mut terminal) = at_the_prompt(&fixture);
    terminal.types("y\n");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("3 rows sent: 3 added"), "{screen}");
    // On a terminal, results are tables.
    assert!(screen.contains("EMP-001") && !screen.contains("\"outcome\""), "{screen}");
    assert_eq!(fixture.members(&group).len(), 3);
}

#[test]
fn any_other_reply_sends_nothing() {
    for reply in ["n\n", "\n", "yep\n", "\u{4}"] {
        let fixture = Fixture::new();
        let (_, mut terminal) = at_the_prompt(&fixture);
        terminal.types(reply);
        let (code, screen) = terminal.end();
        assert_eq!(code, 8, "{reply:?}: {screen}");
        assert_eq!(fixture.submissions(), 0);
    }
}

#[test]
fn ctrl_c_at_the_prompt_sends_nothing() {
    let fixture = Fixture::new();
    let (_, terminal) = at_the_prompt(&fixture);
    kill_process(Pid::from_child(&terminal.child), Signal::INT).unwrap();
    assert_eq!(terminal.end().0, 130);
    assert_eq!(fixture.submissions(), 0);
}

#[test]
fn a_progress_bar_shows_the_wait() {
    let fixture = Fixture::with(Sandbox::builder().sync_never());
    let (_, mut terminal) = at_the_prompt(&fixture);
    terminal.types("yes\n");
    terminal.until("poll");
    terminal.until("of 10 min");
    fixture.complete_syncs();
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn terminals_show_color_unless_it_is_disabled() {
    let fixture = Fixture::new();
    fixture.group("tier-1");
    let screen = |variables: &[(&str, &str)], options: &[&str]| {
        let mut command = fixture.command(&[&["groups", "list"], options].concat());
        command.envs(variables.iter().copied());
        let (code, screen) = Terminal::of(command).end();
        assert_eq!(code, 0);
        assert!(screen.contains("tier-1"), "{screen}");
        screen
    };
    assert!(screen(&[], &[]).contains("\u{1b}["));
    assert!(!screen(&[("NO_COLOR", "1")], &[]).contains("\u{1b}["));
    assert!(!screen(&[], &["--color", "never"]).contains("\u{1b}["));
}

#[test]
fn the_key_is_prompted_for_and_not_echoed() {
    let fixture = Fixture::new();
    fixture.group("tier-1");
    let mut command = fixture.command(&["groups", "list"]);
    command.env_remove("VITABLE_CONNECT_API_KEY");
    let mut terminal = Terminal::of(command);
    terminal.until("API key (not shown): ");
    // The prompt appears just before the echo is turned off.
    while tcgetattr(&terminal.keyboard).unwrap().local_modes.contains(LocalModes::ECHO) {
        std::thread::yield_now();
    }
    terminal.types(&format!("{KEY}\n"));
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("tier-1"));
}
