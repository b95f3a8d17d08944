//! Where the key and the address come from, and what goes wrong with them.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of tests fails as a test does"
)]

mod support;

use std::net::TcpListener;

use serde_json::json;
use support::{Bench, KEY, Run};

const LIST: &[&str] = &["groups", "list"];

fn run(bench: &Bench, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = bench.command(&[LIST, arguments].concat());
    command.env_remove("VITABLE_CONNECT_API_KEY").env_remove("VITABLE_CONNECT_BASE_URL");
    command.envs(environment.iter().copied());
    Run::of(command)
}

#[test]
fn a_wrong_key_is_not_repeated() {
    let bench = Bench::new();
    let url = bench.sandbox.base_url();
    let wrong = "vit_apk_canarykey_wrong";
    let environment = [("VITABLE_CONNECT_API_KEY", wrong), ("VITABLE_CONNECT_BASE_URL", url)];
    run(&bench, &["-vvv"], &environment).ends(5).says("401").says("meant for this base URL");
}

#[test]
fn a_dead_server_is_named_as_unreachable() {
    let bench = Bench::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let dead = ["groups", "list", "--base-url", &url, "--max-retries", "0"];
    bench.run(&dead).ends(5).says("check the base URL");
}

#[test]
fn proxies_of_the_environment_are_not_used_for_this_machine() {
    let bench = Bench::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let dead = format!("http://127.0.0.1:{port}");
    let key = ("VITABLE_CONNECT_API_KEY", KEY);
    let url = ("VITABLE_CONNECT_BASE_URL", bench.sandbox.base_url());
    let proxied = [key, url, ("HTTP_PROXY", &*dead), ("ALL_PROXY", &*dead)];
    run(&bench, &["--max-retries", "0"], &proxied).ends(0);
}

#[test]
fn addresses_that_would_leak_the_key_are_refused() {
    let bench = Bench::new();
    bench.run(&["groups", "list", "--base-url", "http://example.com"]).ends(2).says("https");
    bench.run(&["groups", "list", "--base-url", "nowhere"]).ends(2).says("https://");
    bench.run(&["groups", "list", "--environment", "moon"]).ends(2).says("production or uat");
    let both = ["groups", "list", "--environment", "uat", "--base-url", "https://example.com"];
    bench.run(&both).ends(2);
}

#[test]
fn without_a_key_the_ways_to_give_one_are_told() {
    let bench = Bench::new();
    run(&bench, &[], &[]).ends(2).says("VITABLE_CONNECT_API_KEY").says("--key-file").says("demo");
}

#[test]
fn a_key_file_and_standard_input() {
    let bench = Bench::new();
    let url = bench.sandbox.base_url();
    bench.file("key", &format!("{KEY}\n"));
    support::set_mode(&bench.path("key"), 0o600);
    let options = ["--base-url", url, "--key-file", "key"];
    run(&bench, &options, &[]).ends(0).says_not("warning");
    support::set_mode(&bench.path("key"), 0o644);
    run(&bench, &options, &[]).ends(0).says("other users can read").says("chmod 600");
    let mut command = bench.command(&["groups", "list", "--key-file", "-"]);
    command.env("VITABLE_CONNECT_API_KEY", "wrong");
    command.stdin(std::fs::File::open(bench.path("key")).unwrap());
    Run::of(command).ends(0);
    run(&bench, &["--base-url", url, "--key-file", "none"], &[]).ends(2).says("none");
    bench.file("blank", "\n");
    run(&bench, &["--base-url", url, "--key-file", "blank"], &[]).ends(2).says("empty");
}

#[test]
fn a_key_is_never_an_argument() {
    let bench = Bench::new();
    for option in ["--key", "--api-key", "--token"] {
        bench.run(&["groups", "list", option, "x"]).ends(2);
    }
}

fn profiles(bench: &Bench) {
    let url = bench.sandbox.base_url();
    bench.file("secret", KEY);
    support::set_mode(&bench.path("secret"), 0o600);
    let text = format!(
        "[profiles.file]\nbase_url = \"{url}\"\nkey_file = \"secret\"\n\
         [profiles.variable]\nbase_url = \"{url}\"\nkey_env = \"OTHER_KEY\"\n\
         [profiles.bare]\nbase_url = \"{url}\"\norganization = \"org_other\"\n"
    );
    bench.file("config.toml", &text);
}

#[test]
fn profiles_have_address_and_key() {
    let bench = Bench::new();
    profiles(&bench);
    let config = ["--config", "config.toml"];
    run(&bench, &[&config[..], &["--profile", "file"]].concat(), &[]).ends(0);
    run(&bench, &config, &[("VITABLE_GROUPS_PROFILE", "file")]).ends(0);
    let variable = [&config[..], &["--profile", "variable"]].concat();
    run(&bench, &variable, &[("OTHER_KEY", KEY)]).ends(0);
    run(&bench, &variable, &[]).ends(2).says("OTHER_KEY");
    // A profile that was asked for comes before the environment.
    let environment = [
        ("VITABLE_CONNECT_API_KEY", "vit_apk_canarykey_other"),
        ("VITABLE_CONNECT_BASE_URL", "http://127.0.0.1:9"),
    ];
    run(&bench, &[&config[..], &["--profile", "file"]].concat(), &environment).ends(0);
    run(&bench, &[&config[..], &["--profile", "none"]].concat(), &[])
        .ends(2)
        .says("file, variable");
    let bare = [&config[..], &["--profile", "bare"]].concat();
    run(&bench, &bare, &[("VITABLE_CONNECT_API_KEY", KEY)]).ends(5).says("403");
}

#[test]
fn a_default_profile_comes_after_the_environment() {
    let bench = Bench::new();
    profiles(&bench);
    let text = std::fs::read_to_string(bench.path("config.toml")).unwrap();
    bench.file("config.toml", &format!("default_profile = \"file\"\n{text}"));
    run(&bench, &["--config", "config.toml"], &[]).ends(0);
    let other = [("VITABLE_CONNECT_API_KEY", "vit_apk_canarykey_other")];
    run(&bench, &["--config", "config.toml"], &other).ends(5).says("401");
}

#[test]
fn keys_in_the_configuration_are_refused_and_not_repeated() {
    let bench = Bench::new();
    bench.file("config.toml", "[profiles.x]\nkey = \"vit_apk_canarykey\"\n");
    let bad = ["--config", "config.toml", "--profile", "x"];
    run(&bench, &bad, &[]).ends(2).says("line 2").says("key_env");
    run(&bench, &["--config", "none.toml"], &[]).ends(2).says("none.toml");
}

#[test]
fn failures_that_pass_are_retried_and_others_told() {
    let bench = Bench::new();
    bench.control().fault(&json!({"operation": "groups.list", "status": 503})).unwrap();
    bench.run(&["groups", "list", "-v"]).ends(0);
    let fault = json!({"operation": "groups.list", "status": 500, "times": null,
        "body": "<html>", "headers": {"content-type": "text/html"}});
    bench.control().fault(&fault).unwrap();
    bench.run(&["groups", "list", "--max-retries", "0"]).ends(5).says("500");
}

#[test]
fn what_a_server_says_cannot_drive_the_terminal() {
    let bench = Bench::new();
    let body = json!({"message": "gone\u{1b}[2J\rfine", "app_error_code": "not\u{7}found"});
    let fault = json!({"operation": "groups.retrieve", "status": 404, "body": body});
    bench.control().fault(&fault).unwrap();
    let run = bench.run(&["groups", "get", "grp_1"]).ends(5).says("gone\\u{1b}[2J\\rfine");
    assert!(!run.err.chars().any(|c| c.is_control() && c != '\n'), "{run:?}");
}
