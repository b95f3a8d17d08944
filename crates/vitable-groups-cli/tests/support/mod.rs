//! Runs the executable against a sandbox and searches all its output for secrets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "each test file uses only some of this"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use vitable_groups_sandbox::{Builder, Control, Sandbox};

pub const KEY: &str = "vit_apk_canarykey";
pub const BASIC: &str = "pln_Wgx_PobRSymT_ki30sYaBQ";
pub const PREMIUM: &str = "pln_7uJ4s0r3Tq2Yx9vKpLwB1A";

/// Values that must never be printed.
const SECRETS: &[&str] = &[
    "canarykey",
    "Canaryfirst",
    "Canarylast",
    "1987-06-05",
    "2125550187",
    "canary.mail",
    "77 Canary",
    "Canaryville",
    "10987",
];

/// A sandbox, and a home directory for the command.
pub struct Fixture {
    pub sandbox: Sandbox,
    pub folder: tempfile::TempDir,
}

impl Fixture {
    pub fn new() -> Self {
        Self::with(Sandbox::builder())
    }

    /// IDs and times are the same on every run.
    pub fn with(builder: Builder) -> Self {
        let sandbox = builder.key(KEY).random_seed(7).spawn().unwrap();
        let clock = json!({"mode": "manual", "now": "2026-10-01T08:00:00Z"});
        sandbox.control().call("POST", "/clock", &clock).unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap() }
    }

    pub fn control(&self) -> &Control {
        self.sandbox.control()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        name.to_owned()
    }

    /// Creates a group and returns its ID.
    pub fn group(&self, reference: &str) -> String {
        let seed = json!({"groups": [{"name": "Tier 1", "external_reference_id": reference}]});
        let created = self.control().seed(&seed).unwrap();
        created["groups"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The command, configured by the environment, without the settings of this machine.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitable-groups"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("VITABLE_CONNECT_BASE_URL", self.sandbox.base_url())
            .env("VITABLE_CONNECT_API_KEY", KEY)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments))
    }

    /// Starts a command without waiting for it.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running::of(self.command(arguments))
    }

    /// Creates a group and syncs it, so that the state has a baseline.
    pub fn synced(&self, reference: &str, count: usize) -> String {
        let group = self.group(reference);
        let file = self.file("synced.csv", &people(count));
        self.run(&["members", "sync", &group, &file, "--first-sync", "--yes"]).exits(0);
        group
    }

    /// The default state directory.
    pub fn state(&self) -> PathBuf {
        self.path(".local/state/vitable-groups")
    }

    /// The state files with a prefix.
    pub fn state_files(&self, prefix: &str) -> Vec<PathBuf> {
        let files = fs::read_dir(self.state()).unwrap().map(|file| file.unwrap().path());
        let named =
            |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with(prefix);
        let mut files: Vec<_> = files.filter(named).collect();
        files.sort();
        files
    }

    /// The reference IDs of a group's active members.
    pub fn members(&self, group: &str) -> Vec<String> {
        let state = self.control().state().unwrap();
        let all = state["members"].as_array().unwrap();
        let mut members: Vec<_> = all
            .iter()
            .filter(|member| member["group_id"] == group && member["active"] == true)
            .map(|member| member["reference_id"].as_str().unwrap().to_owned())
            .collect();
        members.sort();
        members
    }

    /// The number of submissions that reached the server.
    pub fn submissions(&self) -> usize {
        let submit = |path: &str| path.ends_with("/members/sync");
        self.control().requests().iter().filter(|request| submit(&request.path)).count()
    }

    pub fn complete_syncs(&self) {
        self.control().call("POST", "/syncs/complete", &Value::Null).unwrap();
    }
}

/// A roster as CSV, with the given reference IDs and plans, and secret personal data.
pub fn roster(rows: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "reference_id,first_name,last_name,date_of_birth,phone,email,plan_id,address_line_1,city,\
         state,zipcode\n",
    );
    for (reference, plan) in rows {
        let row = format!(
            "{reference},Canaryfirst {reference},Canarylast,1987-06-05,2125550187,\
             {reference}canary.mail@example.com,{plan},77 Canary Street,Canaryville,NY,10987\n"
        );
        text.push_str(&row);
    }
    text
}

/// A roster of this many people on one plan.
pub fn people(count: usize) -> String {
    let names: Vec<_> = (1..=count).map(|number| format!("EMP-{number:03}")).collect();
    let rows: Vec<_> = names.iter().map(|name| (name.as_str(), BASIC)).collect();
    roster(&rows)
}

/// A command that has ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(mut command: Command) -> Self {
        Self::ended(command.output().unwrap())
    }

    pub fn ended(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        // A process ended by a signal has no code.
        let code = output.status.code().unwrap_or(-1);
        Self { code, out: text(output.stdout), err: text(output.stderr) }.without_secrets()
    }

    fn without_secrets(self) -> Self {
        for secret in SECRETS {
            assert!(!self.out.contains(secret), "{secret} is in the output: {self:?}");
            assert!(!self.err.contains(secret), "{secret} is in the output: {self:?}");
        }
        self
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Asserts that standard error contains a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in {self:?}");
        self
    }

    #[track_caller]
    pub fn says_not(self, text: &str) -> Self {
        assert!(!self.err.contains(text), "{text:?} in {self:?}");
        self
    }

    /// Standard output, parsed as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A command that is still running.
pub struct Running {
    child: Child,
    err: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    pub fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, err, said: String::new() }
    }

    /// Reads standard error until it contains a text.
    pub fn until(mut self, text: &str) -> Self {
        while !self.said.contains(text) {
            let read = self.err.read_line(&mut self.said).unwrap();
            assert!(read > 0, "it ended without {text:?}: {}", self.said);
        }
        self
    }

    pub fn signal(self, signal: Signal) -> Self {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self
    }

    pub fn end(mut self) -> Run {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.err.read_to_string(&mut self.said).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Run { code, out, err: self.said }.without_secrets()
    }

    pub fn out_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }
}

#[cfg(unix)]
pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
