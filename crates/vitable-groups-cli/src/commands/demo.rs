//! Runs `demo`: a guided tour of a sync, against a local server.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use vitable_groups::Client;
use vitable_groups_sandbox::Sandbox;

use super::sandbox::failed;
use crate::cli::{self, Global};
use crate::exit::{Exit, Failure};
use crate::output::Output;

/// Made-up rosters of about 250 people, with typical mistakes.
const ROSTERS: [(&str, &str); 3] = [
    ("2026-10-members.csv", include_str!("../../rosters/2026-10-members.csv")),
    ("2026-10-members-fixed.csv", include_str!("../../rosters/2026-10-members-fixed.csv")),
    ("2026-11-members.csv", include_str!("../../rosters/2026-11-members.csv")),
];

const KEY: &str = "vit_apk_demo";

/// Long enough to see that a sync takes time, short enough not to bore.
const SYNC_DELAY: Duration = Duration::from_millis(800);

pub(super) async fn run(global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let mut stdout = Output::single_stream(global);
    let result = run_steps(global, &mut stdout).await;
    stdout.finish()?;
    if result.is_err() {
        out.info("the demo stopped; its server and files are gone");
    }
    result
}

async fn run_steps(global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    out.heading("A roster, synced end to end. All data is made up and stays on this machine.");
    let workspace = Workspace::create().map_err(|error| {
        Failure::local(format!("cannot create a temporary directory for the demo: {error}"))
    })?;
    let sandbox =
        Sandbox::builder().sync_delay(SYNC_DELAY).start().await.map_err(|error| failed(&error))?;
    let plans = json!({
        "plans": [{"id": "pln_C506ZkHHTlKfgy16G-TJBQ", "name": "Plus Care"}],
        "remove_plans": ["pln_7uJ4s0r3Tq2Yx9vKpLwB1A"],
    });
    sandbox.control().seed(&plans).map_err(|error| Failure::local(error.to_string()))?;
    out.info(format!(
        "A local server that emulates the API is listening on {}.",
        sandbox.base_url()
    ));
    let demo = Demo { global: workspace.global(global, sandbox.base_url()) };
    let result = demo.steps(out).await;
    sandbox.shutdown().await;
    result?;
    out.heading("\nThat is the whole demo. The server is stopped and its files are deleted.");
    out.info(
        "To experiment further:    vitable-groups sandbox\n\
         To check your own roster: vitable-groups members check YOUR-ROSTER.csv",
    );
    Ok(Exit::Success)
}

/// A temporary directory with the rosters. It is the current directory while the demo runs.
struct Workspace {
    previous: PathBuf,
    directory: tempfile::TempDir,
}

impl Workspace {
    fn create() -> io::Result<Self> {
        let workspace =
            Self { previous: std::env::current_dir()?, directory: tempfile::tempdir()? };
        for (name, content) in ROSTERS {
            fs::write(workspace.directory.path().join(name), content)?;
        }
        fs::write(workspace.directory.path().join("config.toml"), "")?;
        // A separate key file, so that no real key is sent to the sandbox.
        let mut key = tempfile::NamedTempFile::new_in(workspace.directory.path())?;
        io::Write::write_all(&mut key, KEY.as_bytes())?;
        key.persist(workspace.directory.path().join("key")).map_err(|error| error.error)?;
        // So that the commands can name the files without a directory.
        std::env::set_current_dir(workspace.directory.path())?;
        Ok(workspace)
    }

    /// Options that keep the commands from using the user's files.
    fn global(&self, global: &Global, base_url: &str) -> Global {
        let directory = self.directory.path();
        Global {
            profile: None,
            config: Some(directory.join("config.toml")),
            base_url: Some(base_url.to_owned()),
            environment: None,
            organization: None,
            key_file: Some(directory.join("key")),
            state_dir: Some(directory.join("state")),
            locks: Some(directory.join("locks")),
            no_state: false,
            quiet: false,
            ..global.clone()
        }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // Some systems cannot remove the current directory of a process.
        let _ = std::env::set_current_dir(&self.previous);
    }
}

struct Demo {
    global: Global,
}

impl Demo {
    async fn steps(&self, out: &mut Output) -> Result<(), Failure> {
        self.step(out, "1. Every member is on a plan. List the plans.", "plans list").await?;
        let create = "groups create tier-1 --name Tier-1";
        self.step(out, "2. Members belong to groups. Create one.", create).await?;
        let group = self.group().await?;
        self.expect(
            out,
            "3. October's roster has 250 people, and some mistakes. Check it before sending it.",
            "members check 2026-10-members.csv",
            Exit::InvalidRoster,
        )
        .await?;
        self.step(
            out,
            "4. Sync the group to the fixed file. The API cannot list members, so the first sync \
             has to\n   say that the group is empty: --first-sync.",
            &format!("members sync {group} 2026-10-members-fixed.csv --first-sync --yes"),
        )
        .await?;
        self.expect(
            out,
            "5. In November people joined and left, one plan changed, and one row has a wrong \
             plan.\n   The sync compares with October. It would be blocked if more than 5% of the \
             members were\n   removed; without --max-removals, the limit is 10% or 3 members, whichever \
             is more.",
            &format!("members sync {group} 2026-11-members.csv --yes --max-removals 5%"),
            Exit::PartialFailure,
        )
        .await?;
        self.step(out, "6. List the groups.", "groups list").await
    }

    /// The ID of the group that was just created.
    async fn group(&self) -> Result<String, Failure> {
        let base_url = self.global.base_url.clone().unwrap_or_default();
        let client = Client::builder().api_key(KEY).base_url(base_url).build()?;
        let group = client.groups().find_by_external_reference_id("tier-1").await?;
        group.map(|group| group.id).ok_or_else(|| Failure::local("the demo's group does not exist"))
    }

    async fn step(&self, out: &mut Output, title: &str, command: &str) -> Result<(), Failure> {
        self.expect(out, title, command, Exit::Success).await
    }

    /// Runs a command line and checks its exit code.
    async fn expect(
        &self,
        out: &mut Output,
        title: &str,
        command: &str,
        exit: Exit,
    ) -> Result<(), Failure> {
        out.heading(format!("\n{title}"));
        let command = format!("vitable-groups {command}");
        out.command(&command);
        let cli = cli::parse(command.split(' '))
            .map_err(|error| Failure::local(format!("invalid command in the demo: {error}")))?;
        let actual = match Box::pin(super::run(cli.command, &self.global, out)).await {
            Ok(actual) => actual,
            Err(failure) if failure.exit == exit => {
                out.failure(&failure);
                exit
            }
            Err(failure) => return Err(failure),
        };
        if actual == exit {
            if exit != Exit::Success {
                out.info(format!("(exit code {})", exit.code()));
            }
            return Ok(());
        }
        let (actual, expected) = (actual.code(), exit.code());
        Err(Failure::local(format!("the demo failed: exit code {actual} instead of {expected}")))
    }
}
