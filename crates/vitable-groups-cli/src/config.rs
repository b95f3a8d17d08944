//! The configuration file: named profiles, which say where keys are but do not contain them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};
use serde::Deserialize;

use crate::exit::Failure;

/// Contents of the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The profile used when none is named.
    default_profile: Option<String>,
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

/// Named connection settings.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) organization: Option<String>,
    /// The environment variable that contains the key.
    pub(crate) key_env: Option<String>,
    /// The file that contains the key, relative to the configuration file.
    pub(crate) key_file: Option<PathBuf>,
}

/// The profile in effect, and whether it was selected by name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SelectedProfile {
    pub(crate) name: Option<String>,
    pub(crate) profile: Profile,
    /// Whether the profile was selected by name. Such a profile takes precedence over environment
    /// variables; the default profile does not.
    pub(crate) explicit: bool,
}

/// Selects the named profile, else the file's default, else an empty one.
pub(crate) fn select(file: Option<&Path>, name: Option<&str>) -> Result<SelectedProfile, Failure> {
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    let file = file.filter(|file| !file.as_os_str().is_empty());
    let path = file.map(Path::to_owned).or_else(default_file);
    let config = match &path {
        Some(path) => read(path, file.is_some())?,
        None => Config::default(),
    };
    let folder = path.as_deref().and_then(Path::parent).unwrap_or(Path::new("."));
    pick(config, name, folder).map_err(|failure| match &path {
        Some(path) => failure.hint(format!("the configuration file is {}", path.display())),
        None => failure,
    })
}

fn default_file() -> Option<PathBuf> {
    ProjectDirs::from("", "", "vitable-groups").map(|dirs| dirs.config_dir().join("config.toml"))
}

fn read(path: &Path, must_exist: bool) -> Result<Config, Failure> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {
            return Ok(Config::default());
        }
        Err(error) => {
            let message = format!("cannot read the configuration file {}: {error}", path.display());
            return Err(Failure::usage(message));
        }
    };
    parse(&text).map_err(|why| {
        Failure::usage(format!("invalid configuration file {}: {why}", path.display()))
            .hint("a profile accepts base_url, environment, organization, key_env and key_file")
    })
}

/// Parses a configuration file. Errors do not quote it, since it may contain a key by mistake.
fn parse(text: &str) -> Result<Config, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let line = error
            .span()
            .map_or(0, |span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
        let message = error.message().lines().next().unwrap_or_default();
        // These messages name keys of the file. Others may quote a value, which could be a secret.
        let safe = if message.starts_with("unknown field") || message.starts_with("duplicate") {
            message
        } else {
            "invalid TOML, or a value of the wrong type"
        };
        format!("line {line}: {safe}")
    })
}

fn pick(mut config: Config, name: Option<&str>, folder: &Path) -> Result<SelectedProfile, Failure> {
    let wanted = name.or(config.default_profile.as_deref());
    let Some(wanted) = wanted.map(str::to_owned) else { return Ok(SelectedProfile::default()) };
    let Some(mut profile) = config.profiles.remove(&wanted) else {
        let known: Vec<_> = config.profiles.into_keys().collect();
        let hint = match known.as_slice() {
            [] => "the configuration file has no profiles".to_owned(),
            known => format!("use --profile with one of {}", known.join(", ")),
        };
        return Err(Failure::usage(format!("there is no profile {wanted}")).hint(hint));
    };
    if profile.base_url.is_some() && profile.environment.is_some() {
        let message = format!("profile {wanted} sets both base_url and environment");
        return Err(Failure::usage(message).hint("remove one of them"));
    }
    if profile.key_env.is_some() && profile.key_file.is_some() {
        let message = format!("profile {wanted} sets both key_env and key_file");
        return Err(Failure::usage(message).hint("remove one of them"));
    }
    profile.key_file = profile.key_file.map(|file| resolve(&file, folder));
    Ok(SelectedProfile { name: Some(wanted), profile, explicit: name.is_some() })
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
    fn selects_the_named_profile_then_the_default_then_none() {
        let pick = |name| pick(parse(TEXT).unwrap(), name, Path::new("/etc/x")).unwrap();
        let uat = pick(None);
        assert_eq!((uat.name.as_deref(), uat.explicit), (Some("uat"), false));
        assert_eq!(uat.profile.key_file, Some(PathBuf::from("/etc/x/uat.key")));
        let local = pick(Some("local"));
        assert!(local.explicit);
        assert_eq!(local.profile.key_env.as_deref(), Some("LOCAL_KEY"));
        let none = super::pick(Config::default(), None, Path::new(".")).unwrap();
        assert_eq!(none, SelectedProfile::default());
    }

    #[test]
    fn an_unknown_profile_error_lists_the_known_ones() {
        let failure = pick(parse(TEXT).unwrap(), Some("prod"), Path::new(".")).unwrap_err();
        assert!(failure.hints[0].contains("local, uat"), "{failure:?}");
    }

    #[test]
    fn contradictory_settings_are_rejected() {
        for body in ["base_url = 'https://x'\nenvironment = 'uat'", "key_env = 'A'\nkey_file = 'b'"]
        {
            let config = parse(&format!("[profiles.x]\n{body}")).unwrap();
            assert!(pick(config, Some("x"), Path::new(".")).is_err(), "{body}");
        }
    }

    #[test]
    fn errors_name_the_line_and_never_quote_values() {
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
