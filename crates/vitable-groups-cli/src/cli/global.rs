//! Global options, accepted by every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use vitable_groups::Environment;

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Print results in this format [default: table on a terminal, json otherwise]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,

    /// Choose when to color the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Print only warnings and errors to standard error
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Log requests and retries to standard error, without bodies; repeat for more detail
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Use this profile from the configuration file
    #[arg(long, global = true, value_name = "NAME", env = "VITABLE_GROUPS_PROFILE", help_heading = CONNECTION)]
    pub(crate) profile: Option<String>,

    /// Read this configuration file [default: config.toml in the user's configuration directory]
    #[arg(long, global = true, value_name = "FILE", env = "VITABLE_GROUPS_CONFIG", help_heading = CONNECTION)]
    pub(crate) config: Option<PathBuf>,

    /// Send requests to this URL [env: VITABLE_CONNECT_BASE_URL]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "environment", help_heading = CONNECTION)]
    pub(crate) base_url: Option<String>,

    /// Send requests to one of Vitable's environments: production (the default) or uat
    #[arg(long, global = true, value_name = "NAME", value_parser = environment, help_heading = CONNECTION)]
    pub(crate) environment: Option<Environment>,

    /// Act as this organization; needed if the key has access to several
    #[arg(long, global = true, value_name = "ORG", help_heading = CONNECTION)]
    pub(crate) organization: Option<String>,

    /// Read the API key from this file; `-` reads standard input
    #[arg(long, global = true, value_name = "PATH", help_heading = CONNECTION)]
    pub(crate) key_file: Option<PathBuf>,

    /// Limit each attempt of a request to this time, such as 30s
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, help_heading = CONNECTION)]
    pub(crate) timeout: Option<Duration>,

    /// Retry a failed request at most this many times [default: 2]
    #[arg(long, global = true, value_name = "N", help_heading = CONNECTION)]
    pub(crate) max_retries: Option<u32>,

    /// Keep the rosters and receipts of syncs in DIR [default: the user's state directory]
    #[arg(long, global = true, value_name = "DIR", env = "VITABLE_GROUPS_STATE_DIR", help_heading = STATE)]
    pub(crate) state_dir: Option<PathBuf>,

    /// Do not read or write state; every sync then needs --previous or --first-sync
    #[arg(long, global = true, help_heading = STATE)]
    pub(crate) no_state: bool,

    /// The lock directory, if not the user's own
    #[arg(skip)]
    pub(crate) locks: Option<PathBuf>,
}

const CONNECTION: &str = "Connection";
const STATE: &str = "State";

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Human-readable columns
    Table,
    /// One JSON document
    Json,
    /// One JSON object per line, printed as it arrives
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// One YAML document
    Yaml,
}

/// When the output is colored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On terminals, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn environment(name: &str) -> Result<Environment, String> {
    name.parse().map_err(|_| "use production or uat".to_owned())
}

/// Parses `90`, `90s`, `10m`, `2h` or `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic()) {
        Some(index) => text.split_at(index),
        None => (text, "s"),
    };
    let factor = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err("use a unit of ms, s, m or h, as in 90s".to_owned()),
    };
    number
        .trim()
        .parse::<f64>()
        .ok()
        .and_then(|number| Duration::try_from_secs_f64(number * factor).ok())
        .ok_or_else(|| "use a number with a unit, as in 90s or 10m".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, millis) in
            [("90", 90_000), ("90s", 90_000), ("1.5m", 90_000), ("2h", 7_200_000), ("500ms", 500)]
        {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "-1s", "1d", "nan", "1e400"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
