//! Command-line options for starting a sandbox.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::server::{Builder, Sandbox};
use crate::settings::parse_delay;

/// Command-line options of a sandbox, to flatten into a `clap` command.
///
/// ```
/// use clap::Parser;
/// use vitable_groups_sandbox::Options;
///
/// #[derive(Parser)]
/// struct Command {
///     #[command(flatten)]
///     sandbox: Options,
/// }
///
/// let command = Command::parse_from(["sandbox", "--port", "0", "--sync-delay", "2s"]);
/// let sandbox = command.sandbox.builder()?.spawn()?;
/// println!("{}", sandbox.base_url());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Args)]
#[non_exhaustive]
pub struct Options {
    /// Port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 4010)]
    pub port: u16,
    /// Host name or address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// Store the data in this file instead of in memory
    #[arg(long, value_name = "FILE")]
    pub db: Option<PathBuf>,
    /// Accept this test key, for the default organization or the given one; may be repeated.
    /// Without --key, every key is accepted
    #[arg(long = "key", value_name = "KEY[=ORG]")]
    pub keys: Vec<String>,
    /// How long a sync takes: 500ms, 2s, or never
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = read_delay)]
    pub sync_delay: SyncTime,
    /// Load initial data from this JSON file, in the format of the seed control
    #[arg(long, value_name = "FILE")]
    pub seed: Option<PathBuf>,
    /// Issue the same ids in the same order on every run
    #[arg(long, value_name = "NUMBER")]
    pub random_seed: Option<u64>,
}

/// How long a sync takes; `None` means that it never completes.
///
/// ```
/// use std::time::Duration;
/// use vitable_groups_sandbox::SyncTime;
///
/// assert!(SyncTime(Some(Duration::ZERO)) != SyncTime(None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncTime(pub Option<Duration>);

/// The options are invalid.
///
/// ```
/// use clap::Parser;
/// use vitable_groups_sandbox::Options;
///
/// #[derive(Parser)]
/// struct Command {
///     #[command(flatten)]
///     sandbox: Options,
/// }
///
/// let command = Command::parse_from(["sandbox", "--seed", "/nowhere.json"]);
/// assert!(command.sandbox.builder().unwrap_err().to_string().starts_with("cannot read"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OptionsError(String);

fn read_delay(text: &str) -> Result<SyncTime, String> {
    parse_delay(text)
        .map(SyncTime)
        .ok_or_else(|| "expected a duration such as 500ms or 2s, or never".to_owned())
}

impl Options {
    /// Creates a builder from the options; reads the seed file.
    ///
    /// # Errors
    /// The seed file cannot be read or is not a valid seed.
    pub fn builder(&self) -> Result<Builder, OptionsError> {
        let mut builder =
            Sandbox::builder().host(&self.host).port(self.port).keys(self.keys.clone());
        if let Some(path) = &self.db {
            builder = builder.db(path);
        }
        if let Some(seed) = self.random_seed {
            builder = builder.random_seed(seed);
        }
        if let Some(path) = &self.seed {
            let seed = read_seed(path).map_err(OptionsError)?;
            builder = builder.seed(&seed).map_err(|error| OptionsError(error.to_string()))?;
        }
        Ok(match self.sync_delay.0 {
            Some(delay) => builder.sync_delay(delay),
            None => builder.sync_never(),
        })
    }
}

fn read_seed(path: &Path) -> Result<serde_json::Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{} is not JSON: {error}", path.display()))
}
