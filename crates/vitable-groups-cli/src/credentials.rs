//! Finds the API key and builds the client.

use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;

use console::Term;
use secrecy::{ExposeSecret as _, SecretString};
use vitable_groups::{Client, Environment, env};

use crate::cli::Global;
use crate::config::{self, SelectedProfile};
use crate::exit::Failure;
use crate::output::Output;

/// The most that is read from a key file; no key is longer.
const KEY_LIMIT: u64 = 16 * 1024;

/// Builds a client from the options, the profile and the environment.
///
/// Each setting comes from the first source that has it: option, profile selected by name,
/// environment variable, default profile.
pub(crate) fn client(global: &Global, out: &mut Output) -> Result<Client, Failure> {
    let selected = config::select(global.config.as_deref(), global.profile.as_deref())?;
    let mut builder =
        Client::builder().user_agent(concat!("vitable-groups-cli/", env!("CARGO_PKG_VERSION")));
    if let Some(url) = base_url(global, &selected)? {
        builder = builder.base_url(url);
    }
    if let Some(organization) =
        global.organization.as_ref().or(selected.profile.organization.as_ref())
    {
        builder = builder.organization(organization);
    }
    if let Some(timeout) = global.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(retries) = global.max_retries {
        builder = builder.max_retries(retries);
    }
    let key = key(global, &selected, out)?;
    Ok(builder.api_key(key.expose_secret()).build()?)
}

/// The base URL under which state is stored, for commands that send nothing and need no key.
pub(crate) fn effective_base_url(global: &Global) -> Result<String, Failure> {
    let selected = config::select(global.config.as_deref(), global.profile.as_deref())?;
    let mut builder = Client::builder().api_key("not sent");
    if let Some(url) = base_url(global, &selected)? {
        builder = builder.base_url(url);
    }
    Ok(builder.build()?.base_url().to_string())
}

/// The base URL, if one is set; otherwise the client uses production.
fn base_url(global: &Global, selected: &SelectedProfile) -> Result<Option<String>, Failure> {
    if let Some(url) = &global.base_url {
        return Ok(Some(url.clone()));
    }
    if let Some(environment) = global.environment {
        return Ok(Some(environment.base_url().to_owned()));
    }
    let variable = variable(env::BASE_URL);
    if !selected.explicit && variable.is_some() {
        return Ok(variable);
    }
    match (&selected.profile.base_url, &selected.profile.environment) {
        (Some(url), _) => Ok(Some(url.clone())),
        (None, Some(name)) => {
            let environment: Environment = name.parse()?;
            Ok(Some(environment.base_url().to_owned()))
        }
        (None, None) => Ok(variable),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn key(
    global: &Global,
    selected: &SelectedProfile,
    out: &mut Output,
) -> Result<SecretString, Failure> {
    if let Some(file) = &global.key_file {
        return read_key(file, out);
    }
    let from_variable = variable(env::API_KEY).map(SecretString::from);
    match from_variable {
        Some(key) if !selected.explicit => return Ok(key),
        _ => {}
    }
    if let Some(file) = &selected.profile.key_file {
        return read_key(file, out);
    }
    if let Some(name) = &selected.profile.key_env {
        let profile = selected.name.as_deref().unwrap_or_default();
        return variable(name).map(SecretString::from).ok_or_else(|| {
            Failure::usage(format!(
                "profile {profile} reads the API key from the environment variable {name}, which \
                 is not set"
            ))
        });
    }
    match from_variable {
        Some(key) => Ok(key),
        None => prompt(),
    }
}

fn read_key(file: &Path, out: &mut Output) -> Result<SecretString, Failure> {
    let shown = file.display();
    let failed =
        |error: io::Error| Failure::usage(format!("cannot read the API key from {shown}: {error}"));
    let mut text = String::new();
    if file == Path::new("-") {
        io::stdin().take(KEY_LIMIT).read_to_string(&mut text).map_err(failed)?;
    } else {
        let opened = std::fs::File::open(file).map_err(failed)?;
        if let Some(mode) =
            opened.metadata().ok().and_then(|metadata| readable_by_others(&metadata))
        {
            out.warn(format!(
                "other users can read the API key in {shown} (mode {mode:03o}); run: chmod 600 \
                 {shown}"
            ));
        }
        opened.take(KEY_LIMIT).read_to_string(&mut text).map_err(failed)?;
    }
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("cannot read the API key from {shown}: it is empty")));
    }
    Ok(SecretString::from(text.trim()))
}

#[cfg(unix)]
fn readable_by_others(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn readable_by_others(_: &std::fs::Metadata) -> Option<u32> {
    None
}

fn prompt() -> Result<SecretString, Failure> {
    let missing = || {
        Failure::usage("no API key")
            .hint(format!(
                "use --key-file PATH (`-` reads standard input), or set {}",
                env::API_KEY
            ))
            .hint("use --profile NAME to select a profile with key_env or key_file")
            .hint("run `vitable-groups demo` to try the command without an account")
    };
    let terminal = Term::stderr();
    if !io::stdin().is_terminal() || !terminal.is_term() {
        return Err(missing());
    }
    let failed = |error| Failure::local(format!("cannot prompt for the API key: {error}"));
    terminal.write_str("API key (not shown): ").map_err(failed)?;
    let key = terminal.read_secure_line().map_err(failed)?;
    if key.trim().is_empty() { Err(missing()) } else { Ok(SecretString::from(key)) }
}
