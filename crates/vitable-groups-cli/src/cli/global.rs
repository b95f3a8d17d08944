//! Options that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use vitable_groups::Environment;

#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// How results are printed [default: table on a terminal, else json]
    #[arg(short, long, global = true, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,

    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,

    /// Say only what went wrong
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,

    /// Log what is sent and retried to standard error, without contents; repeat for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,

    /// Use this profile of the configuration file
    #[arg(long, global = true, value_name = "NAME", env = "VITABLE_GROUPS_PROFILE", help_heading = CONNECTION)]
    pub(crate) profile: Option<String>,

    /// The configuration file [default: config.toml in the user's configuration directory]
    #[arg(long, global = true, value_name = "FILE", env = "VITABLE_GROUPS_CONFIG", help_heading = CONNECTION)]
    pub(crate) config: Option<PathBuf>,

    /// Where the API is [env: VITABLE_CONNECT_BASE_URL]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "environment", help_heading = CONNECTION)]
    pub(crate) base_url: Option<String>,

    /// One of the vendor's environments: production (the default) or uat
    #[arg(long, global = true, value_name = "NAME", value_parser = environment, help_heading = CONNECTION)]
    pub(crate) environment: Option<Environment>,

    /// Act as this organization, where the key reaches several
    #[arg(long, global = true, value_name = "ORG", help_heading = CONNECTION)]
    pub(crate) organization: Option<String>,

    /// Read the API key from this file; `-` is standard input
    #[arg(long, global = true, value_name = "PATH", help_heading = CONNECTION)]
    pub(crate) key_file: Option<PathBuf>,

    /// How long one attempt of a request may take, such as 30s
    #[arg(long, global = true, value_name = "TIME", value_parser = duration, help_heading = CONNECTION)]
    pub(crate) timeout: Option<Duration>,

    /// How often a failed request is sent again [default: 2]
    #[arg(long, global = true, value_name = "N", help_heading = CONNECTION)]
    pub(crate) max_retries: Option<u32>,

    /// Where rosters and receipts of syncs are kept [default: the user's state directory]
    #[arg(long, global = true, value_name = "DIR", env = "VITABLE_GROUPS_STATE_DIR", help_heading = STATE)]
    pub(crate) state_dir: Option<PathBuf>,

    /// Keep and read no state: every sync then needs --previous, or --first-sync
    #[arg(long, global = true, help_heading = STATE)]
    pub(crate) no_state: bool,

    /// Where locks are instead of in the user's own place
    #[arg(skip)]
    pub(crate) locks: Option<PathBuf>,
}

const CONNECTION: &str = "Connection";
const STATE: &str = "State";

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people
    Table,
    /// One JSON document
    Json,
    /// One JSON object per line, as they come
    Jsonl,
    /// Comma-separated values with a header
    Csv,
    /// One YAML document
    Yaml,
}

/// When colour is used.
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

/// Reads `90`, `90s`, `10m`, `2h` or `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let (number, unit) = match text.find(|c: char| c.is_ascii_alphabetic()) {
        Some(place) => text.split_at(place),
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
