//! Regression tests for the faults of earlier clients.

mod common;

use std::time::Duration;

use common::{GROUP, TestClient, groups, groups_of, page_of};
use futures_util::TryStreamExt;
use vitable_groups::model::{GroupCreateParams, GroupUpdateParams};
use vitable_groups::testing::{ScriptedResponse, ScriptedTransport, VirtualClock};
use vitable_groups::{Client, Environment, ErrorKind, RequestOptions};

fn seconds(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

fn build(
    set_up: impl FnOnce(vitable_groups::ClientBuilder) -> vitable_groups::ClientBuilder,
) -> Result<Client, ErrorKind> {
    let none: [(&str, &str); 0] = [];
    let transport = ScriptedTransport::new(&VirtualClock::new());
    let builder = Client::builder().variables(none).transport(transport);
    set_up(builder).build().map_err(|error| error.kind())
}

#[test]
fn fault_01_blank_keys_and_urls_count_as_unset_and_control_characters_are_rejected() {
    let configuration = Some(ErrorKind::Configuration);
    assert_eq!(build(|b| b).err(), configuration);
    assert_eq!(build(|b| b.api_key("  \t")).err(), configuration);
    assert_eq!(build(|b| b.api_key("a\nb")).err(), configuration);
    assert_eq!(build(|b| b.api_key("a\u{7f}b")).err(), configuration);
    assert_eq!(
        build(|b| b.api_key(" ").variables([("VITABLE_CONNECT_API_KEY", " ")])).err(),
        configuration
    );
    let from_variable = build(|b| b.api_key("").variables([("VITABLE_CONNECT_API_KEY", "key")]));
    assert!(from_variable.is_ok());
    let variables = [("VITABLE_CONNECT_API_KEY", "key"), ("VITABLE_CONNECT_BASE_URL", " ")];
    let client = build(|b| b.base_url(" ").variables(variables)).unwrap();
    assert_eq!(client.base_url().as_str(), "https://api.vitablehealth.com/");
}

#[test]
fn fault_02_retries_can_be_none_or_unlimited() {
    let test = TestClient::with([ScriptedResponse::status(503)], |b| b.max_retries(0));
    assert!(test.run(test.client.groups().retrieve("g").send()).is_err());
    assert_eq!(test.sent(), 1);

    let failures: Vec<_> = (0..40).map(|_| ScriptedResponse::status(503)).collect();
    let test =
        TestClient::with(failures.into_iter().chain([ScriptedResponse::json(200, GROUP)]), |b| {
            b.max_retries(u32::MAX)
        });
    let response = test.run(test.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(response.metadata.retries(), 40);
}

#[test]
fn fault_03_unknown_environments_are_rejected() {
    let error = "staging".parse::<Environment>().unwrap_err();
    assert!(error.to_string().contains("Unknown environment: staging"), "{error}");
}

#[test]
fn fault_04_the_key_is_not_sent_to_another_origin() {
    let test = TestClient::new([ScriptedResponse::json(200, "{}")]);
    for url in ["https://evil.example/v1/groups", "http://api.vitablehealth.com/v1/groups"] {
        let error = test.run(test.client.get(url).send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(test.sent(), 0);

    let same = "https://api.vitablehealth.com/v1/groups";
    test.run(test.client.get(same).send()).unwrap();
    let options = RequestOptions::new().allow_other_origin(true);
    test.run(test.client.get("https://evil.example/v1").options(options).send()).unwrap();
    let requests = test.transport.requests();
    assert_eq!(requests[0].header("authorization"), Some("Bearer vit_apk_canary"));
    assert_eq!(requests[1].header("authorization"), None);
    assert_eq!(requests[1].authority, "evil.example");
}

#[test]
fn fault_05_derived_clients_use_a_new_environment_and_keep_other_settings() {
    let test =
        TestClient::with([ScriptedResponse::json(200, GROUP)], |b| b.default_header("X-A", "1"));
    let derived = test.client.derive().environment(Environment::Uat).build().unwrap();
    test.run(derived.groups().retrieve("g").send()).unwrap();
    let request = &test.transport.requests()[0];
    assert_eq!(request.authority, "api.uat.vitablehealth.com");
    assert_eq!(request.header("x-a"), Some("1"));
}

#[test]
fn fault_06_use_after_close_fails_immediately() {
    let test = TestClient::new([ScriptedResponse::json(200, GROUP)]);
    let derived = test.client.derive().build().unwrap();
    test.client.close();
    for client in [&test.client, &derived] {
        let error = test.run(client.groups().retrieve("g").send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
    assert_eq!((test.sent(), test.clock.elapsed()), (0, Duration::ZERO));
}

#[test]
fn fault_07_the_timeout_includes_the_body() {
    let slow = || {
        ScriptedResponse::json(200, r#"{"data": {"#).truncated_after(Duration::from_secs(1_000_000))
    };
    let test = TestClient::with([slow()], |b| b.timeout(seconds(0.5)).max_retries(0));
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status(), Some(200), "the partial response is kept");
    assert_eq!(error.body().unwrap().as_ref(), br#"{"data": {"#);
    assert_eq!(test.clock.elapsed(), seconds(0.5));
}

#[test]
fn fault_07_a_deadline_limits_attempts_and_waits() {
    let test = TestClient::with([ScriptedResponse::status(503)], |b| b.max_retries(u32::MAX));
    let call = test.client.groups().retrieve("g").deadline(seconds(10.0));
    let error = test.run(call.send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(test.clock.elapsed() < seconds(10.0), "no wait that would exceed the deadline");
    let message = error.to_string();
    assert!(message.contains("another attempt before the call's deadline of 10 s"), "{message}");
    assert!(error.attempts().len() > 2);

    let test = TestClient::new([ScriptedResponse::hang()]);
    let call = test.client.groups().retrieve("g").deadline(seconds(3.0));
    let error = test.run(call.send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(test.clock.elapsed(), seconds(3.0));
}

#[test]
fn fault_07_a_deadline_limits_all_pages_together() {
    let slow = |n| groups(&[&format!("g{n}")], &page_of(n, 9)).after(seconds(2.0));
    let test = TestClient::new((1..9).map(slow));
    let options = RequestOptions::new().deadline(seconds(5.0));
    let mut pages = test.client.groups().list().options(options).pages();
    let error = test.run(async {
        assert!(pages.try_next().await.unwrap().is_some());
        assert!(pages.try_next().await.unwrap().is_some());
        pages.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(3)));
    assert_eq!(test.clock.elapsed(), seconds(5.0));
}

#[test]
fn fault_08_header_names_are_case_insensitive() {
    let test =
        TestClient::with([ScriptedResponse::json(200, GROUP)], |b| b.default_header("X-D", "1"));
    test.run(test.client.groups().retrieve("g").header("x-d", "2").send()).unwrap();
    let request = &test.transport.requests()[0];
    assert_eq!(request.headers.get_all("x-d").iter().count(), 1);
    assert_eq!(request.header("x-d"), Some("2"));
}

#[test]
fn fault_10_empty_ids_are_rejected_before_anything_is_sent() {
    let test = TestClient::new([ScriptedResponse::json(200, GROUP)]);
    let sync = test.client.groups().members().sync();
    let kinds = [
        test.run(test.client.groups().retrieve("").send()).unwrap_err().kind(),
        test.run(test.client.groups().update(" ", GroupUpdateParams::new()).send())
            .unwrap_err()
            .kind(),
        test.run(sync.retrieve("", "grp_1").send()).unwrap_err().kind(),
        test.run(sync.retrieve("grpmsr_1", "").send()).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::InvalidArgument; 4]);
    assert_eq!(test.sent(), 0);
}

#[test]
fn fault_12_canceling_ends_a_backoff_and_a_poll_immediately() {
    use futures_util::future::{Either, select};
    use vitable_groups::{Clock, SyncHandle};

    let test = TestClient::new([ScriptedResponse::status(503).header("retry-after", "60")]);
    let call = Box::pin(test.client.groups().retrieve("g").send());
    let cancel = test.clock.sleep(seconds(1.0));
    let ended = test.run(async { matches!(select(call, cancel).await, Either::Right(_)) });
    assert!(ended);
    assert_eq!((test.sent(), test.clock.elapsed()), (1, seconds(1.0)));

    let pending = r#"{"data": {"request_id": "r", "group_id": "g", "completed_at": null}}"#;
    let test = TestClient::new([ScriptedResponse::json(200, pending).header("retry-after", "50")]);
    let wait = test.client.groups().members().sync().wait(SyncHandle::new("g", "r"));
    let cancel = test.clock.sleep(seconds(1.0));
    let wait = wait.into_future();
    let ended = test.run(async { matches!(select(wait, cancel).await, Either::Right(_)) });
    assert!(ended);
    assert_eq!((test.sent(), test.clock.elapsed()), (1, seconds(1.0)));
}

#[test]
fn fault_15_invalid_bodies_are_library_errors_with_the_response() {
    let cases: [(&str, &str); 5] = [
        ("", "empty"),
        ("<html>", "line 1 column 1"),
        (r#"{"data": {"id": 5}}"#, "`data.id`"),
        (r#"{"data": {"id": "g"}"#, "line 1"),
        (r#"{"data": {"name": "x"}}"#, "`data`"),
    ];
    for (body, location) in cases {
        let test =
            TestClient::new([ScriptedResponse::json(200, body).header("x-request-id", "req-7")]);
        let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{body}");
        assert!(error.to_string().contains(location), "{error}");
        assert_eq!(error.status(), Some(200));
        assert_eq!(error.request_id(), Some("req-7"));
        assert_eq!(error.body().unwrap().as_ref(), body.as_bytes());
        assert_eq!(test.sent(), 1);
    }
}

#[test]
fn fault_15_truncated_responses_are_connection_errors_with_the_partial_body() {
    let truncated =
        || ScriptedResponse::json(200, r#"{"data": {"id""#).truncated_after(Duration::ZERO);
    let test = TestClient::with([truncated()], |b| b.max_retries(1));
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Connection, Some(200)));
    assert_eq!(error.body().unwrap().as_ref(), br#"{"data": {"id""#);
    assert_eq!(test.sent(), 2);
}

#[test]
fn fault_16_iteration_ends_if_the_server_repeats_pages() {
    let endless = [
        // Always page 1, with and without metadata.
        groups(&["a", "b"], &page_of(1, 9)),
        groups(&["a", "b"], ""),
    ];
    for response in endless {
        let test = TestClient::new([response]);
        let found = test.run(test.client.groups().list().collect(100)).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(test.sent(), 2);
    }
    // A cycle of pages, without metadata.
    let cycle = (0..50).map(|n| groups(&[["a", "b", "c"][n % 3]], ""));
    let test = TestClient::new(cycle);
    let found = test.run(test.client.groups().list().collect(100)).unwrap();
    assert_eq!((found.len(), test.sent()), (3, 4));
}

#[test]
fn fault_16_page_4_follows_page_3_without_metadata() {
    let test = TestClient::new([groups(&["e"], ""), groups(&["f"], ""), groups(&[], "")]);
    let found = test.run(test.client.groups().list().page(3).limit(1).collect(100)).unwrap();
    assert_eq!(found.len(), 2);
    let lines = test.request_lines();
    assert_eq!(
        lines,
        [
            "GET /v1/groups?limit=1&page=3",
            "GET /v1/groups?limit=1&page=4",
            "GET /v1/groups?limit=1&page=5"
        ]
    );
}

#[test]
fn fault_17_server_delays_are_honored_in_full_or_fail_immediately() {
    let test = TestClient::new([
        ScriptedResponse::status(429).header("retry-after", "60"),
        ScriptedResponse::json(200, GROUP),
    ]);
    test.run(test.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(test.clock.elapsed(), seconds(60.0));

    let test = TestClient::new([ScriptedResponse::status(429).header("retry-after", "3600")]);
    let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(3600.0)));
    assert_eq!((test.sent(), test.clock.elapsed()), (1, Duration::ZERO));
    assert!(error.to_string().contains("exceeds max_server_delay"), "{error}");
}

#[test]
fn fault_18_a_create_is_looked_up_before_it_is_retried() {
    let params = || GroupCreateParams::new("ref-b", "n");
    // Applied, but the response was lost: found, not retried.
    for lost in [
        ScriptedResponse::reset(),
        ScriptedResponse::status(500),
        ScriptedResponse::status(502),
        ScriptedResponse::status(504),
    ] {
        let test = TestClient::new([lost, groups(&["a", "b"], &page_of(1, 1))]);
        let response = test.run(test.client.groups().create(params()).send()).unwrap();
        assert_eq!(response.data.id, "b");
        assert!(response.metadata.recovered);
        assert_eq!(
            test.request_lines(),
            ["POST /v1/groups", "GET /v1/groups?limit=100&page=1"]
                .map(|line| line.replace("&page=1", ""))
        );
    }
    // Not applied: retried with the same idempotency key.
    let test = TestClient::new([
        ScriptedResponse::reset(),
        groups(&["a"], &page_of(1, 1)),
        ScriptedResponse::json(201, GROUP),
    ]);
    let response = test.run(test.client.groups().create(params()).send()).unwrap();
    assert!(!response.metadata.recovered);
    let requests = test.transport.requests();
    assert_eq!(requests[0].header("idempotency-key"), requests[2].header("idempotency-key"));
    assert!(requests[0].header("idempotency-key").is_some());
}

#[test]
fn fault_18_a_create_that_was_not_applied_is_retried_without_a_lookup() {
    for failure in [
        ScriptedResponse::refused(),
        ScriptedResponse::status(429),
        ScriptedResponse::status(503),
        ScriptedResponse::status(408),
    ] {
        let test = TestClient::new([failure, ScriptedResponse::json(201, GROUP)]);
        let params = GroupCreateParams::new("t1", "Tier 1");
        test.run(test.client.groups().create(params).send()).unwrap();
        assert_eq!(test.request_lines(), ["POST /v1/groups", "POST /v1/groups"]);
    }
}

#[test]
fn fault_18_a_conflict_after_a_retry_is_resolved_by_a_lookup() {
    let conflict =
        || ScriptedResponse::json(409, r#"{"message": "exists", "app_error_code": "conflict"}"#);
    let lost = || [ScriptedResponse::reset(), groups(&["a"], &page_of(1, 1)), conflict()];
    // The first attempt was slow and was applied after the lookup.
    let test = TestClient::new(lost().into_iter().chain([groups(&["b"], &page_of(1, 1))]));
    let create =
        |test: &TestClient| test.client.groups().create(GroupCreateParams::new("ref-b", "n"));
    let response = test.run(create(&test).send()).unwrap();
    assert_eq!((response.data.id.as_str(), response.metadata.recovered), ("b", true));

    let test = TestClient::new(lost().into_iter().chain([groups(&["c"], &page_of(1, 1))]));
    let error = test.run(create(&test).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, false));

    // If the lookup fails, the outcome stays unknown, also for get_or_create.
    let test = TestClient::new(lost().into_iter().chain([ScriptedResponse::status(404)]));
    let error = test.run(create(&test).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, true));
    let nothing = groups(&[], &page_of(1, 1));
    let test =
        TestClient::new([nothing].into_iter().chain(lost()).chain([ScriptedResponse::status(404)]));
    let params = GroupCreateParams::new("ref-b", "n");
    let error = test.run(test.client.groups().get_or_create(params)).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::NotFound, true));

    // A conflict on the first attempt is caused by another call.
    let test = TestClient::new([conflict()]);
    let error = test.run(create(&test).send()).unwrap_err();
    assert_eq!((error.kind(), test.sent()), (ErrorKind::Conflict, 1));
}

#[test]
fn fault_18_a_group_of_another_call_is_not_returned_as_created() {
    let create =
        |test: &TestClient| test.client.groups().create(GroupCreateParams::new("ref-b", "n"));
    let conflict = |lookup| {
        let test = TestClient::new([ScriptedResponse::status(502), lookup]);
        let error = test.run(create(&test).send()).unwrap_err();
        assert_eq!((error.kind(), test.sent()), (ErrorKind::Conflict, 2), "{error}");
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("502"));
        error
    };
    let older = "2026-01-15T10:29:57Z";
    let error = conflict(groups_of(older, &["b"], ""));
    assert!(!error.outcome_unknown());
    assert!(error.to_string().contains("existed before the call"), "{error}");
    // Times are compared on the server's clock, if the response has a date.
    let with_server_date =
        groups_of(older, &["b"], "").header("date", "Thu, 15 Jan 2026 10:29:57 GMT");
    let test = TestClient::new([ScriptedResponse::status(502), with_server_date]);
    assert!(test.run(create(&test).send()).unwrap().metadata.recovered);
    let ahead = groups(&["b"], "").header("date", "Thu, 15 Jan 2026 11:30:00 GMT");
    assert!(!conflict(ahead).outcome_unknown());
    // The date of an earlier response counts too.
    let lost = ScriptedResponse::status(502).header("date", "Thu, 15 Jan 2026 11:30:00 GMT");
    let test = TestClient::new([lost, groups(&["b"], "")]);
    assert_eq!(test.run(create(&test).send()).unwrap_err().kind(), ErrorKind::Conflict);

    // With another name or without a time, the origin is unclear.
    let test = TestClient::new([ScriptedResponse::reset(), groups(&["b"], "")]);
    let params = GroupCreateParams::new("ref-b", "Other");
    let error = test.run(test.client.groups().create(params).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, true));
    assert!(conflict(groups_of("", &["b"], "")).outcome_unknown());

    // get_or_create finds the group by reference ID, regardless of its origin.
    let nothing = groups(&[], "");
    let found = || groups_of(older, &["b"], "");
    let test = TestClient::new([nothing, ScriptedResponse::status(502), found(), found()]);
    let params = GroupCreateParams::new("ref-b", "n");
    let options = RequestOptions::new();
    let (group, created) =
        test.run(test.client.groups().get_or_create_with(params, options)).unwrap();
    assert_eq!((group.id.as_str(), created), ("b", false));
}

#[test]
fn fault_18_an_unknown_outcome_is_reported() {
    let create = |test: &TestClient| test.client.groups().create(GroupCreateParams::new("r", "n"));
    let test = TestClient::with([ScriptedResponse::reset()], |b| b.max_retries(0));
    let error = test.run(create(&test).send()).unwrap_err();
    assert!(error.outcome_unknown());
    assert!(error.idempotency_key().is_some());
    // If the lookup fails too, the call is not retried.
    let test = TestClient::new([ScriptedResponse::reset(), ScriptedResponse::status(404)]);
    let error = test.run(create(&test).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, true));
    assert!(test.request_lines().iter().filter(|line| line.starts_with("POST")).count() == 1);
    let test = TestClient::with([ScriptedResponse::refused()], |b| b.max_retries(0));
    assert!(!test.run(create(&test).send()).unwrap_err().outcome_unknown());
    // Applied, with a response that is too large.
    let test = TestClient::with([ScriptedResponse::json(201, GROUP)], |b| b.max_response_bytes(5));
    let error = test.run(create(&test).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::ResponseValidation, true));
    assert_eq!(test.sent(), 1);
}

#[test]
fn fault_20_retries_do_not_multiply_an_outage() {
    let test = TestClient::with([ScriptedResponse::status(503)], |b| b.max_retries(3));
    let mut stopped = None;
    for _ in 0..60 {
        let error = test.run(test.client.groups().retrieve("g").send()).unwrap_err();
        if error.to_string().contains("retry quota is empty") {
            stopped = Some(error);
        }
    }
    assert!(stopped.is_some());
    // 60 calls without a quota would be 240 requests; the quota of 500 pays for 100 retries.
    assert_eq!(test.sent(), 160);
}
