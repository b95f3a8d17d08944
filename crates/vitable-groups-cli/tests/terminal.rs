//! What a person at a terminal sees: questions, colour, the bar.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};
use support::{Bench, KEY, people};
use vitable_groups_sandbox::Sandbox;

/// A command at a terminal of its own.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<(Mutex<Screen>, Condvar)>,
}

#[derive(Default)]
struct Screen {
    text: String,
    off: bool,
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
                // The last one to close the other side makes this an error.
                let read = input.read(&mut bytes).unwrap_or(0);
                let mut screen = shown.0.lock().unwrap();
                screen.text.push_str(&String::from_utf8_lossy(&bytes[..read]));
                screen.off = read == 0;
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
            assert!(!screen.off, "it ended without {text:?}: {}", screen.text);
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
        while !screen.off {
            screen = changed.wait(screen).unwrap();
        }
        for secret in ["canarykey", "Canary", "1987-06-05", "2125550187"] {
            assert!(!screen.text.contains(secret), "{secret} is shown: {}", screen.text);
        }
        (code, screen.text.clone())
    }
}

fn asked(bench: &Bench) -> (String, Terminal) {
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(3));
    let sync = ["members", "sync", &group, &file, "--first-sync"];
    let terminal = Terminal::of(bench.command(&sync));
    terminal.until(&format!("Sync {group} (Tier 1): add 3, remove 0 of 0, update 0? [y/N] "));
    (group, terminal)
}

/// A group of twenty, and a roster without eight of them.
fn too_many(bench: &Bench, options: &[&str]) -> (String, Terminal) {
    let group = bench.synced("tier-1", 20);
    let file = bench.file("less.csv", &people(12));
    let sync = [&["members", "sync", &group, &file], options].concat();
    (group.clone(), Terminal::of(bench.command(&sync)))
}

#[test]
fn more_removals_than_the_default_limit_are_agreed_to_by_their_number() {
    // The limit of the command line does not make them fewer.
    for options in [&[][..], &["--max-removals", "100%"], &["--max-removals", "8"]] {
        for (answer, code, left) in [("y\n", 8, 20), ("80\n", 8, 20), ("\n", 8, 20), ("8\n", 0, 12)]
        {
            let bench = Bench::new();
            let (group, mut terminal) = too_many(&bench, options);
            terminal.until("add 0, remove 8 of 20, update 0.");
            terminal.until("Type 8 to go on: ");
            terminal.types(answer);
            let (ended, screen) = terminal.end();
            assert_eq!(ended, code, "{options:?} {answer:?}: {screen}");
            assert_eq!(bench.members(&group).len(), left, "{options:?} {answer:?}");
        }
    }
}

#[test]
fn a_limit_of_the_command_line_and_yes_refuse_at_a_terminal_too() {
    for options in [&["--max-removals", "7"][..], &["--yes"], &["--dry-run"]] {
        let bench = Bench::new();
        let (group, terminal) = too_many(&bench, options);
        let (code, screen) = terminal.end();
        assert_eq!(code, 6, "{options:?}: {screen}");
        assert!(!screen.contains("to go on"), "{screen}");
        assert_eq!(bench.members(&group).len(), 20);
    }
}

#[test]
fn a_terminal_does_not_stand_in_for_a_baseline() {
    let bench = Bench::new();
    let group = bench.group("tier-1");
    let file = bench.file("roster.csv", &people(3));
    let (code, screen) = Terminal::of(bench.command(&["members", "sync", &group, &file])).end();
    assert_eq!(code, 6, "{screen}");
    assert!(screen.contains("--previous FILE") && screen.contains("--first-sync"), "{screen}");
    assert!(bench.control().requests().is_empty());
}

#[test]
fn yes_sends() {
    let bench = Bench::new();
    let (group, mut terminal) = asked(&bench);
    terminal.types("y\n");
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("3 rows sent: 3 added"), "{screen}");
    // On a terminal results are tables.
    assert!(screen.contains("EMP-001") && !screen.contains("\"outcome\""), "{screen}");
    assert_eq!(bench.members(&group).len(), 3);
}

#[test]
fn anything_else_does_not() {
    for answer in ["n\n", "\n", "yep\n", "\u{4}"] {
        let bench = Bench::new();
        let (_, mut terminal) = asked(&bench);
        terminal.types(answer);
        let (code, screen) = terminal.end();
        assert_eq!(code, 8, "{answer:?}: {screen}");
        assert_eq!(bench.submissions(), 0);
    }
}

#[test]
fn ctrl_c_at_the_question_sends_nothing() {
    let bench = Bench::new();
    let (_, terminal) = asked(&bench);
    kill_process(Pid::from_child(&terminal.child), Signal::INT).unwrap();
    assert_eq!(terminal.end().0, 130);
    assert_eq!(bench.submissions(), 0);
}

#[test]
fn a_bar_shows_that_the_wait_goes_on() {
    let bench = Bench::with(Sandbox::builder().sync_never());
    let (_, mut terminal) = asked(&bench);
    terminal.types("yes\n");
    terminal.until("look");
    terminal.until("of 10 min");
    bench.complete_syncs();
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn colour_is_shown_unless_no_color_is_set() {
    let bench = Bench::new();
    bench.group("tier-1");
    let screen = |variables: &[(&str, &str)], options: &[&str]| {
        let mut command = bench.command(&[&["groups", "list"], options].concat());
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
fn the_key_is_asked_for_and_not_shown() {
    let bench = Bench::new();
    bench.group("tier-1");
    let mut command = bench.command(&["groups", "list"]);
    command.env_remove("VITABLE_CONNECT_API_KEY");
    let mut terminal = Terminal::of(command);
    terminal.until("API key (not shown): ");
    // The prompt is there a moment before the echo is off.
    while tcgetattr(&terminal.keyboard).unwrap().local_modes.contains(LocalModes::ECHO) {
        std::thread::yield_now();
    }
    terminal.types(&format!("{KEY}\n"));
    let (code, screen) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("tier-1"));
}
