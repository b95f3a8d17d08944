//! The configuration file: named profiles, without keys in them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};
use serde::Deserialize;

use crate::exit::Failure;

/// What the configuration file holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The profile that is used when none is named.
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// How to reach the API, under a name.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) organization: Option<String>,
    /// The environment variable that has the key.
    pub(crate) key_env: Option<String>,
    /// The file that has the key; relative to the configuration file.
    pub(crate) key_file: Option<PathBuf>,
}

/// A profile, and whether somebody asked for it by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) name: Option<String>,
    pub(crate) profile: Profile,
    /// A profile that was asked for comes before the environment's variables; the default one
    /// comes after them.
    pub(crate) asked_for: bool,
}

/// The profile to use: the named one, else the file's default, else an empty one.
pub(crate) fn choose(file: Option<&Path>, name: Option<&str>) -> Result<Chosen, Failure> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let file = file.filter(|file| !file.as_os_str().is_empty());
    let place = file.map(Path::to_owned).or_else(default_file);
    let config = match &place {
        Some(place) => read(place, file.is_some())?,
        None => Config::default(),
    };
    let folder = place.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    pick(config, name, folder).map_err(|failure| match &place {
        Some(place) => failure.hint(format!("the configuration file is {}", place.display())),
        None => failure,
    })
}

fn default_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "vitable-groups").map(|dirs| dirs.config_dir().join("config.toml"))
}

fn read(place: &Path, must_exist: bool) -> Result<Config, Failure> {
    let text = match std::fs::read_to_string(place) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {
            return Ok(Config::default());
        }
        Err(error) => {
            let message = format!("cannot read the configuration {}: {error}", place.display());
            return Err(Failure::usage(message));
        }
    };
    parse(&text).map_err(|why| {
        Failure::usage(format!("the configuration {} is not right: {why}", place.display()))
            .hint("a profile may have base_url, environment, organization, key_env, key_file")
    })
}

/// Reads the text of a configuration. The text itself is not repeated in errors: someone may have
/// put a key into it.
fn parse(text: &str) -> Result<Config, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(0, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        let message = error.message().lines().next().unwrap_or_default();
        // Messages of TOML errors name keys and types; a quoted value could be a secret.
        let safe = if message.starts_with("unknown field") || message.starts_with("duplicate") {
            message
        } else {
            "it is not valid TOML of the expected form"
        };
        format!("line {line}: {safe}")
    })
}

fn pick(mut config: Config, name: Option<&str>, folder: &Path) -> Result<Chosen, Failure> {
    let wanted = name.or(config.default_profile.as_deref());
    let Some(wanted) = wanted.map(str::to_owned) else { return Ok(Chosen::default()) };
    let Some(mut profile) = config.profiles.remove(&wanted) else {
        let known: Vec<_> = config.profiles.into_keys().collect();
        let hint = match known.as_slice() {
            [] => "there are no profiles yet".to_owned(),
            known => format!("there are: {}", known.join(", ")),
        };
        return Err(Failure::usage(format!("there is no profile {wanted}")).hint(hint));
    };
    if profile.base_url.is_some() && profile.environment.is_some() {
        let message = format!("profile {wanted} has both a base_url and an environment");
        return Err(Failure::usage(message).hint("keep one of them"));
    }
    if profile.key_env.is_some() && profile.key_file.is_some() {
        let message = format!("profile {wanted} has both a key_env and a key_file");
        return Err(Failure::usage(message).hint("keep one of them"));
    }
    profile.key_file = profile.key_file.map(|file| resolve(&file, folder));
    Ok(Chosen { name: Some(wanted), profile, asked_for: name.is_some() })
}

fn resolve(file: &Path, folder: &Path) -> PathBuf {
    match (file.strip_prefix("~"), BaseDirs::new()) {
        (Ok(rest), Some(dirs)) => dirs.home_dir().join(rest),
        _ => folder.join(file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        default_profile = "uat"
        [profiles.uat]
        environment = "uat"
        key_file = "uat.key"
        [profiles.local]
        base_url = "http://127.0.0.1:4010"
        key_env = "LOCAL_KEY"
    "#;

    #[test]
    fn named_default_and_none() {
        let pick = |name| pick(parse(TEXT).unwrap(), name, Path::new("/etc/x")).unwrap();
        let uat = pick(None);
        assert_eq!((uat.name.as_deref(), uat.asked_for), (Some("uat"), false));
        assert_eq!(uat.profile.key_file, Some(PathBuf::from("/etc/x/uat.key")));
        let local = pick(Some("local"));
        assert!(local.asked_for);
        assert_eq!(local.profile.key_env.as_deref(), Some("LOCAL_KEY"));
        let none = super::pick(Config::default(), None, Path::new(".")).unwrap();
        assert_eq!(none, Chosen::default());
    }

    #[test]
    fn unknown_profiles_are_told_with_the_known_ones() {
        let failure = pick(parse(TEXT).unwrap(), Some("prod"), Path::new(".")).unwrap_err();
        assert!(failure.hints[0].contains("local, uat"), "{failure:?}");
    }

    #[test]
    fn contradictions_are_refused() {
        for body in ["base_url = 'https://x'\nenvironment = 'uat'", "key_env = 'A'\nkey_file = 'b'"]
        {
            let config = parse(&format!("[profiles.x]\n{body}")).unwrap();
            assert!(pick(config, Some("x"), Path::new(".")).is_err(), "{body}");
        }
    }

    #[test]
    fn errors_name_the_line_and_never_repeat_values() {
        let text = "[profiles.x]\napi_key = \"vit_apk_canary\"\n";
        let message = parse(text).unwrap_err();
        assert!(message.contains("line 2") && message.contains("api_key"), "{message}");
        for text in [
            "[profiles.x]\nkey_env = [\"vit_apk_canary\"]\n",
            "profiles = \"vit_apk_canary\"",
            "[profiles.x]\nkey_env = vit_apk_canary",
            "[profiles.x]\nvit_apk_canary",
        ] {
            let message = parse(text).unwrap_err();
            assert!(!message.contains("canary"), "{message}");
        }
    }
}
