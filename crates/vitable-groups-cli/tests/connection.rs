//! Sources of the API key and the base URL, and connection errors.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use serde_json::json;
use support::{Fixture, KEY, Run};

const LIST: &[&str] = &["groups", "list"];

fn run(fixture: &Fixture, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = fixture.command(&[LIST, arguments].concat());
    command.env_remove("VITABLE_CONNECT_API_KEY").env_remove("VITABLE_CONNECT_BASE_URL");
    command.envs(environment.iter().copied());
    Run::of(command)
}

#[test]
fn a_wrong_key_is_not_printed() {
    let fixture = Fixture::new();
    let url = fixture.sandbox.base_url();
    let wrong = "vit_apk_canarykey_wrong";
    let environment = [("VITABLE_CONNECT_API_KEY", wrong), ("VITABLE_CONNECT_BASE_URL", url)];
    run(&fixture, &["-vvv"], &environment).exits(5).says("401").says("issued for this base URL");
}

#[test]
fn an_unreachable_server_is_reported() {
    let fixture = Fixture::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let dead = ["groups", "list", "--base-url", &url, "--max-retries", "0"];
    fixture.run(&dead).exits(5).says("check the base URL");
}

/// A proxy that receives one CONNECT request and rejects it.
fn rejecting_proxy() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let first_line = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut line = String::new();
        BufReader::new(&client).read_line(&mut line).unwrap();
        let _ = client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        line
    });
    (url, first_line)
}

#[test]
fn proxy_variables_are_honored() {
    let fixture = Fixture::new();
    let key = ("VITABLE_CONNECT_API_KEY", KEY);
    let url = ("VITABLE_CONNECT_BASE_URL", "https://api.localhost:1");
    let (proxy, first_line) = rejecting_proxy();
    run(&fixture, &["--max-retries", "0"], &[key, url, ("HTTPS_PROXY", &*proxy)]).exits(5);
    assert_eq!(first_line.join().unwrap().trim_end(), "CONNECT api.localhost:1 HTTP/1.1");

    let idle = TcpListener::bind("127.0.0.1:0").unwrap();
    idle.set_nonblocking(true).unwrap();
    let proxy = format!("http://{}", idle.local_addr().unwrap());
    let excluded = [key, url, ("HTTPS_PROXY", &*proxy), ("NO_PROXY", "api.localhost")];
    run(&fixture, &["--max-retries", "0"], &excluded).exits(5);
    assert!(idle.accept().is_err(), "the proxy got a connection despite NO_PROXY");
}

#[test]
fn plain_http_to_this_machine_is_never_proxied() {
    let fixture = Fixture::new();
    let key = ("VITABLE_CONNECT_API_KEY", KEY);
    let url = ("VITABLE_CONNECT_BASE_URL", fixture.sandbox.base_url());
    let dead = "http://127.0.0.1:1";
    let proxies = [("HTTP_PROXY", dead), ("http_proxy", dead), ("ALL_PROXY", dead)];
    let environment: Vec<_> = [key, url].into_iter().chain(proxies).collect();
    run(&fixture, &["--max-retries", "0"], &environment).exits(0);
}

#[test]
fn base_urls_that_would_leak_the_key_are_rejected() {
    let fixture = Fixture::new();
    fixture.run(&["groups", "list", "--base-url", "http://example.com"]).exits(2).says("https");
    fixture.run(&["groups", "list", "--base-url", "nowhere"]).exits(2).says("https://");
    fixture.run(&["groups", "list", "--environment", "moon"]).exits(2).says("production or uat");
    let both = ["groups", "list", "--environment", "uat", "--base-url", "https://example.com"];
    fixture.run(&both).exits(2);
}

#[test]
fn without_a_key_the_hints_name_its_sources() {
    let fixture = Fixture::new();
    run(&fixture, &[], &[])
        .exits(2)
        .says("VITABLE_CONNECT_API_KEY")
        .says("--key-file")
        .says("demo");
}

#[test]
fn the_key_can_come_from_a_file_or_standard_input() {
    let fixture = Fixture::new();
    let url = fixture.sandbox.base_url();
    fixture.file("key", &format!("{KEY}\n"));
    support::set_mode(&fixture.path("key"), 0o600);
    let options = ["--base-url", url, "--key-file", "key"];
    run(&fixture, &options, &[]).exits(0).says_not("warning");
    support::set_mode(&fixture.path("key"), 0o644);
    run(&fixture, &options, &[]).exits(0).says("other users can read").says("chmod 600");
    let mut command = fixture.command(&["groups", "list", "--key-file", "-"]);
    command.env("VITABLE_CONNECT_API_KEY", "wrong");
    command.stdin(std::fs::File::open(fixture.path("key")).unwrap());
    Run::of(command).exits(0);
    run(&fixture, &["--base-url", url, "--key-file", "none"], &[]).exits(2).says("none");
    fixture.file("blank", "\n");
    run(&fixture, &["--base-url", url, "--key-file", "blank"], &[]).exits(2).says("empty");
}

#[test]
fn a_key_is_never_an_argument() {
    let fixture = Fixture::new();
    for option in ["--key", "--api-key", "--token"] {
        fixture.run(&["groups", "list", option, "x"]).exits(2);
    }
}

fn profiles(fixture: &Fixture) {
    let url = fixture.sandbox.base_url();
    fixture.file("secret", KEY);
    support::set_mode(&fixture.path("secret"), 0o600);
    let text = format!(
        "[profiles.file]\nbase_url = \"{url}\"\nkey_file = \"secret\"\n\
         [profiles.variable]\nbase_url = \"{url}\"\nkey_env = \"OTHER_KEY\"\n\
         [profiles.bare]\nbase_url = \"{url}\"\norganization = \"org_other\"\n"
    );
    fixture.file("config.toml", &text);
}

#[test]
fn profiles_set_the_base_url_and_the_key() {
    let fixture = Fixture::new();
    profiles(&fixture);
    let config = ["--config", "config.toml"];
    run(&fixture, &[&config[..], &["--profile", "file"]].concat(), &[]).exits(0);
    run(&fixture, &config, &[("VITABLE_GROUPS_PROFILE", "file")]).exits(0);
    let variable = [&config[..], &["--profile", "variable"]].concat();
    run(&fixture, &variable, &[("OTHER_KEY", KEY)]).exits(0);
    run(&fixture, &variable, &[]).exits(2).says("OTHER_KEY");
    // A profile selected by name takes precedence over the environment.
    let environment = [
        ("VITABLE_CONNECT_API_KEY", "vit_apk_canarykey_other"),
        ("VITABLE_CONNECT_BASE_URL", "http://127.0.0.1:9"),
    ];
    run(&fixture, &[&config[..], &["--profile", "file"]].concat(), &environment).exits(0);
    run(&fixture, &[&config[..], &["--profile", "none"]].concat(), &[])
        .exits(2)
        .says("file, variable");
    let bare = [&config[..], &["--profile", "bare"]].concat();
    run(&fixture, &bare, &[("VITABLE_CONNECT_API_KEY", KEY)]).exits(5).says("403");
}

#[test]
fn the_environment_takes_precedence_over_the_default_profile() {
    let fixture = Fixture::new();
    profiles(&fixture);
    let text = std::fs::read_to_string(fixture.path("config.toml")).unwrap();
    fixture.file("config.toml", &format!("default_profile = \"file\"\n{text}"));
    run(&fixture, &["--config", "config.toml"], &[]).exits(0);
    let other = [("VITABLE_CONNECT_API_KEY", "vit_apk_canarykey_other")];
    run(&fixture, &["--config", "config.toml"], &other).exits(5).says("401");
}

#[test]
fn keys_in_the_configuration_are_rejected_and_not_printed() {
    let fixture = Fixture::new();
    fixture.file("config.toml", "[profiles.x]\nkey = \"vit_apk_canarykey\"\n");
    let bad = ["--config", "config.toml", "--profile", "x"];
    run(&fixture, &bad, &[]).exits(2).says("line 2").says("key_env");
    run(&fixture, &["--config", "none.toml"], &[]).exits(2).says("none.toml");
}

#[test]
fn transient_failures_are_retried_and_others_reported() {
    let fixture = Fixture::new();
    fixture.control().fault(&json!({"operation": "groups.list", "status": 503})).unwrap();
    fixture.run(&["groups", "list", "-v"]).exits(0);
    let fault = json!({"operation": "groups.list", "status": 500, "times": null,
        "body": "<html>", "headers": {"content-type": "text/html"}});
    fixture.control().fault(&fault).unwrap();
    fixture.run(&["groups", "list", "--max-retries", "0"]).exits(5).says("500");
}

#[test]
fn server_messages_cannot_control_the_terminal() {
    let fixture = Fixture::new();
    let body = json!({"message": "gone\u{1b}[2J\rfine", "app_error_code": "not\u{7}found"});
    let fault = json!({"operation": "groups.retrieve", "status": 404, "body": body});
    fixture.control().fault(&fault).unwrap();
    let run = fixture.run(&["groups", "get", "grp_1"]).exits(5).says("gone\\u{1b}[2J\\rfine");
    assert!(!run.err.chars().any(|c| c.is_control() && c != '\n'), "{run:?}");
}
