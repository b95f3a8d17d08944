//! `demo`: the whole path, against a real local server, told as a story.

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

/// People that somebody made up, 250 of them, with mistakes that somebody made.
const ROSTERS: [(&str, &str); 3] = [
    ("2026-10-members.csv", include_str!("../../rosters/2026-10-members.csv")),
    ("2026-10-members-fixed.csv", include_str!("../../rosters/2026-10-members-fixed.csv")),
    ("2026-11-members.csv", include_str!("../../rosters/2026-11-members.csv")),
];

const KEY: &str = "vit_apk_demo";

/// Long enough to see that the server works on a sync, short enough not to wait for it.
const SYNC_DELAY: Duration = Duration::from_millis(800);

pub(super) async fn run(global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let mut story = Output::story(global);
    let told = tell(global, &mut story).await;
    story.finish()?;
    if told.is_err() {
        out.say("the demo was stopped; nothing is left of it");
    }
    told
}

async fn tell(global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    out.heading(
        "A roster, synced end to end. Everything here is made up and stays on this machine.",
    );
    let place = Place::make().map_err(|error| {
        Failure::local(format!("cannot make a temporary folder for the demo: {error}"))
    })?;
    let sandbox =
        Sandbox::builder().sync_delay(SYNC_DELAY).start().await.map_err(|error| failed(&error))?;
    let plans = json!({
        "plans": [{"id": "pln_C506ZkHHTlKfgy16G-TJBQ", "name": "Plus Care"}],
        "remove_plans": ["pln_7uJ4s0r3Tq2Yx9vKpLwB1A"],
    });
    sandbox.control().seed(&plans).map_err(|error| Failure::local(error.to_string()))?;
    out.say(format!("A local server that behaves like the API listens on {}.", sandbox.base_url()));
    let demo = Demo { global: place.global(global, sandbox.base_url()) };
    let told = demo.chapters(out).await;
    sandbox.shutdown().await;
    told?;
    out.heading("\nThat was all of it; the server is stopped and its files are gone.");
    out.say(
        "To go on by hand:   vitable-groups sandbox\n\
         With your own data: vitable-groups members check YOUR-ROSTER.csv",
    );
    Ok(Exit::Success)
}

/// A folder with the rosters, left and removed at the end.
struct Place {
    before: PathBuf,
    folder: tempfile::TempDir,
}

impl Place {
    fn make() -> io::Result<Self> {
        let place = Self { before: std::env::current_dir()?, folder: tempfile::tempdir()? };
        for (name, content) in ROSTERS {
            fs::write(place.folder.path().join(name), content)?;
        }
        fs::write(place.folder.path().join("config.toml"), "")?;
        // A key file of our own, so that no real key is sent to the sandbox.
        let mut key = tempfile::NamedTempFile::new_in(place.folder.path())?;
        io::Write::write_all(&mut key, KEY.as_bytes())?;
        key.persist(place.folder.path().join("key")).map_err(|error| error.error)?;
        // So that the files are called what the story calls them.
        std::env::set_current_dir(place.folder.path())?;
        Ok(place)
    }

    /// Settings under which nothing of the user's own is read or changed.
    fn global(&self, global: &Global, base_url: &str) -> Global {
        let folder = self.folder.path();
        Global {
            profile: None,
            config: Some(folder.join("config.toml")),
            base_url: Some(base_url.to_owned()),
            environment: None,
            organization: None,
            key_file: Some(folder.join("key")),
            state_dir: Some(folder.join("state")),
            locks: Some(folder.join("locks")),
            no_state: false,
            quiet: false,
            ..global.clone()
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A folder that somebody is in cannot be removed everywhere.
        let _ = std::env::set_current_dir(&self.before);
    }
}

struct Demo {
    global: Global,
}

impl Demo {
    async fn chapters(&self, out: &mut Output) -> Result<(), Failure> {
        self.step(out, "1. Every member is on a plan. Which plans are there?", "plans list")
            .await?;
        let create = "groups create tier-1 --name Tier-1";
        self.step(out, "2. Members live in groups. Make one.", create).await?;
        let group = self.group().await?;
        self.expect(
            out,
            "3. October's roster has 250 people, and some mistakes. Look before you send.",
            "members check 2026-10-members.csv",
            Exit::InvalidRoster,
        )
        .await?;
        self.step(
            out,
            "4. Somebody corrected the file. Sync the group to it. The API cannot list members, so \
             say\n   once that nobody was in the group before.",
            &format!("members sync {group} 2026-10-members-fixed.csv --first-sync --yes"),
        )
        .await?;
        self.expect(
            out,
            "5. November: people joined, people left, one plan was changed, one row has a wrong \
             plan.\n   The plan compares with October. More removals than 5% would be refused; without a \
             limit of\n   your own it is 10% or 3 members.",
            &format!("members sync {group} 2026-11-members.csv --yes --max-removals 5%"),
            Exit::PartialFailure,
        )
        .await?;
        self.step(out, "6. The group is there for everyone to see.", "groups list").await
    }

    /// The id of the group that was just made, which a person would copy.
    async fn group(&self) -> Result<String, Failure> {
        let base_url = self.global.base_url.clone().unwrap_or_default();
        let client = Client::builder().api_key(KEY).base_url(base_url).build()?;
        let group = client.groups().find_by_external_reference_id("tier-1").await?;
        group.map(|group| group.id).ok_or_else(|| Failure::local("the demo's group is not there"))
    }

    async fn step(&self, out: &mut Output, title: &str, command: &str) -> Result<(), Failure> {
        self.expect(out, title, command, Exit::Success).await
    }

    /// Runs a command as if it had been typed, and wonders if it ends in another way than it should.
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
            .map_err(|error| Failure::local(format!("the demo is wrong: {error}")))?;
        let ended = match Box::pin(super::run(cli.command, &self.global, out)).await {
            Ok(ended) => ended,
            Err(failure) if failure.exit == exit => {
                out.failure(&failure);
                exit
            }
            Err(failure) => return Err(failure),
        };
        if ended == exit {
            if exit != Exit::Success {
                out.say(format!("(exit code {})", exit.code()));
            }
            return Ok(());
        }
        let (is, should) = (ended.code(), exit.code());
        Err(Failure::local(format!("the demo went wrong: exit code {is} instead of {should}")))
    }
}
