//! Test vectors of pure functions, for decisions that cannot be observed in real time.

use std::path::Path;
use std::time::Duration;

use http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use vitable_groups::PollPolicy;
use vitable_groups::binding::PageSummary;
use vitable_groups::binding::{Decision, RetryQuota, ServerHints, Stop, decide};
use vitable_groups::operation::{self, RetrySafety};
use vitable_groups::roster::{CheckOptions, MaxRemovals, RULES, ReadOptions, Roster};
use vitable_groups::{Call, Client, ErrorBody, ErrorKind, Failure, RequestOptions, RetryPolicy};
use vitable_groups_chaos::scenarios::{Values, check, read};

use crate::report::Group;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "$schema")]
    _schema: String,
    group: String,
    function: String,
    #[serde(rename = "about")]
    _about: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    input: Value,
    output: Value,
}

/// Runs the vectors of a file.
pub(crate) fn run(path: &Path, values: &Values) -> Result<Group, String> {
    let file: File = read(path)?;
    if path.file_stem().and_then(|name| name.to_str()) != Some(file.group.as_str()) {
        return Err(format!("{}: the group is not the file's name", path.display()));
    }
    let mut group = Group::new(format!("vectors/{}", file.group));
    for Vector { name, input, output } in file.vectors {
        let mut values = values.clone();
        let result = values
            .fill(&input)
            .and_then(|input| call(&file.function, input))
            .and_then(|actual| check(&output, Some(&actual), "output", &mut values));
        group.add(&name, result);
    }
    Ok(group)
}

fn call(function: &str, input: Value) -> Result<Value, String> {
    match function {
        "error_body" => Ok(error_body(&parse(input)?)),
        "error_kind" => {
            let Status { status } = parse(input)?;
            let kind = ErrorKind::from_status(status);
            Ok(json!({ "kind": kind.code(), "class": kind.class() }))
        }
        "error_class" => {
            let Kind { kind } = parse(input)?;
            let kind = ErrorKind::ALL.iter().find(|candidate| candidate.code() == kind);
            Ok(json!({ "class": kind.ok_or("no such kind")?.class() }))
        }
        "server_hints" => server_hints(parse(input)?),
        "retry_delay" => Ok(retry_delay(&parse(input)?)),
        "retry_decision" => retry_decision(parse(input)?),
        "retry_quota" => Ok(retry_quota(&parse(input)?)),
        "next_page" => Ok(next_page(&parse(input)?)),
        "poll_delay" => Ok(poll_delay(&parse(input)?)),
        "base_url" => Ok(base_url(parse(input)?)),
        "path" => path_of(&parse(input)?),
        "roster_rules" => Ok(roster_rules(parse(input)?)),
        "max_removals" => {
            let Limit { limit } = parse(input)?;
            Ok(limit.parse::<MaxRemovals>().map_or(Value::Null, |limit| limit.to_string().into()))
        }
        other => Err(format!("there is no function {other}")),
    }
}

fn parse<T: DeserializeOwned>(input: Value) -> Result<T, String> {
    serde_json::from_value(input).map_err(|error| format!("input: {error}"))
}

fn seconds(delay: Duration) -> Value {
    if delay == Duration::MAX { "for ever".into() } else { delay.as_secs_f64().into() }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    status: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    limit: String,
}

fn error_body(input: &Body) -> Value {
    let read = ErrorBody::read(input.body.as_bytes());
    json!({ "message": read.message, "code": read.code, "trace_id": read.trace_id })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseHeaders {
    status: u16,
    headers: serde_json::Map<String, Value>,
    now: String,
}

fn server_hints(input: ResponseHeaders) -> Result<Value, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in input.headers {
        let name = http::HeaderName::try_from(name).map_err(|error| error.to_string())?;
        let value = value.as_str().unwrap_or_default();
        headers.insert(name, value.parse().map_err(|_| "invalid header value")?);
    }
    let now = input.now.parse().map_err(|_| "`now` is not a time")?;
    let hints = ServerHints::read(&headers, input.status, now);
    Ok(json!({ "delay": hints.delay.map(seconds), "should_retry": hints.should_retry }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Backoff {
    retry: u32,
    jitter: f64,
}

fn retry_delay(input: &Backoff) -> Value {
    seconds(RetryPolicy::default().backoff(input.retry, input.jitter))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attempt {
    failure: Value,
    #[serde(default)]
    retry: u32,
    #[serde(default)]
    delay: Option<f64>,
    #[serde(default)]
    should_retry: Option<bool>,
    #[serde(default)]
    operation: Option<String>,
    #[serde(default)]
    remaining: Option<f64>,
    #[serde(default)]
    max_retries: Option<u32>,
    #[serde(default)]
    since_first: f64,
    #[serde(default)]
    applied_before: bool,
}

fn failure(name: &Value) -> Result<Failure, String> {
    match (name.as_u64().map(u16::try_from), name.as_str()) {
        (Some(Ok(status)), _) => Ok(Failure::Status(status)),
        (_, Some("not_sent")) => Ok(Failure::NotSent),
        (_, Some("connection_lost")) => Ok(Failure::ConnectionLost),
        (_, Some("timed_out")) => Ok(Failure::TimedOut),
        _ => Err(format!("there is no failure {name}")),
    }
}

fn retry_decision(input: Attempt) -> Result<Value, String> {
    let policy = RetryPolicy::new().max_retries(input.max_retries.unwrap_or(2));
    let hints = ServerHints {
        should_retry: input.should_retry,
        delay: input.delay.map(Duration::from_secs_f64),
    };
    let (safety, window) = match input.operation {
        Some(name) => {
            let operation = operation::find(&name).ok_or("no such operation")?;
            (operation.retry_safety, operation.retry_window())
        }
        None => (RetrySafety::Idempotent, None),
    };
    let remaining = input.remaining.map(Duration::from_secs_f64);
    let failure = failure(&input.failure)?;
    let quota = RetryQuota::default();
    let decision = decide(&policy, input.retry, failure, &hints, safety, remaining, 0.0, &quota);
    let maybe_applied = input.applied_before || failure.may_have_been_applied();
    let since_first = Duration::from_secs_f64(input.since_first);
    let decision = decision.within(window, since_first, maybe_applied);
    Ok(match decision {
        Decision::Retry { delay, look_up } => json!({ "wait": seconds(delay), "look_up": look_up }),
        Decision::Stop(stop) => json!({ "stop": match stop {
            Stop::NotRetryable => "not_retryable",
            Stop::ServerForbids => "server_forbids",
            Stop::NoRetriesLeft => "no_retries_left",
            Stop::ServerDelayTooLong => "server_delay_too_long",
            Stop::Deadline => "deadline",
            Stop::QuotaEmpty => "quota_empty",
            Stop::TooOld => "too_old",
        } }),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaEvents {
    events: Vec<String>,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// Applies events to a full quota; returns the tokens left and the number of rejected retries.
fn retry_quota(input: &QuotaEvents) -> Value {
    let quota = RetryQuota::default();
    let mut refused = 0;
    for _ in 0..input.times {
        for event in &input.events {
            let acquired = match event.as_str() {
                "success" => {
                    quota.refill();
                    true
                }
                "timeout" => quota.try_acquire(Failure::TimedOut),
                _ => quota.try_acquire(Failure::ConnectionLost),
            };
            refused += u32::from(!acquired);
        }
    }
    json!({ "tokens": quota.tokens(), "refused": refused })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageInput {
    requested: i64,
    #[serde(default)]
    page: Option<i64>,
    #[serde(default)]
    total_pages: Option<i64>,
    items: usize,
}

fn next_page(input: &PageInput) -> Value {
    let &PageInput { requested, page, total_pages, items } = input;
    PageSummary { requested, page, total_pages, items, first_id: None }.next().into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Poll {
    poll: u32,
    jitter: f64,
}

fn poll_delay(input: &Poll) -> Value {
    seconds(PollPolicy::default().delay(input.poll, input.jitter))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UrlSources {
    #[serde(default)]
    base_url: vitable_groups::model::Field<String>,
    #[serde(default)]
    environment: Option<String>,
    #[serde(default)]
    variable: Option<String>,
}

fn base_url(input: UrlSources) -> Value {
    let mut builder = Client::builder().api_key("vit_apk_vector");
    builder = match input.base_url {
        vitable_groups::model::Field::Value(url) => builder.base_url(url),
        vitable_groups::model::Field::Null => builder.no_base_url(),
        vitable_groups::model::Field::Absent => builder,
    };
    if let Some(name) = input.environment {
        match name.parse() {
            Ok(environment) => builder = builder.environment(environment),
            Err(error) => return json!({ "error": failed(&error) }),
        }
    }
    let variables = input.variable.map(|url| ("VITABLE_CONNECT_BASE_URL", url));
    match builder.variables(variables).build() {
        Ok(client) => json!({ "url": client.base_url().as_str().trim_end_matches('/') }),
        Err(error) => json!({ "error": failed(&error) }),
    }
}

fn failed(error: &vitable_groups::Error) -> Value {
    error.kind().code().into()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PathInput {
    operation: String,
    params: Vec<String>,
}

fn path_of(input: &PathInput) -> Result<Value, String> {
    let operation = operation::find(&input.operation).ok_or("no such operation")?;
    let params: Vec<&str> = input.params.iter().map(String::as_str).collect();
    Ok(match Call::new(operation, &params, RequestOptions::new()) {
        Ok(call) => json!({ "path": call.path() }),
        Err(error) => json!({ "error": failed(&error) }),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    members: Vec<Value>,
    options: CheckOptions,
}

/// The rules that a roster breaks, with their severity.
fn roster_rules(input: Rows) -> Value {
    let roster = Roster::from_values(input.members, &ReadOptions::default());
    let report = roster.check(&input.options);
    let severity = |id: &str| {
        let rule = RULES.iter().find(|rule| rule.id == id);
        rule.map(|rule| rule.severity.to_string())
    };
    report.by_rule.keys().map(|id| ((*id).to_owned(), json!(severity(id)))).collect()
}
