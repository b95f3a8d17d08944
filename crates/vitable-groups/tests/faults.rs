//! The faults of earlier clients, each with a test that shows it is gone.

mod common;

use std::time::Duration;

use common::{GROUP, World, groups, groups_of, page_of};
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
fn fault_01_blank_keys_and_addresses_count_as_unset_and_control_characters_are_rejected() {
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
    let world = World::with([ScriptedResponse::status(503)], |b| b.max_retries(0));
    assert!(world.run(world.client.groups().retrieve("g").send()).is_err());
    assert_eq!(world.sent(), 1);

    let broken: Vec<_> = (0..40).map(|_| ScriptedResponse::status(503)).collect();
    let world = World::with(broken.into_iter().chain([ScriptedResponse::json(200, GROUP)]), |b| {
        b.max_retries(u32::MAX)
    });
    let answer = world.run(world.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(answer.metadata.retries(), 40);
}

#[test]
fn fault_03_unknown_environments_are_rejected() {
    let error = "staging".parse::<Environment>().unwrap_err();
    assert!(error.to_string().contains("Unknown environment: staging"), "{error}");
}

#[test]
fn fault_04_the_key_is_not_sent_to_another_origin() {
    let world = World::new([ScriptedResponse::json(200, "{}")]);
    for url in ["https://evil.example/v1/groups", "http://api.vitablehealth.com/v1/groups"] {
        let error = world.run(world.client.get(url).send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(world.sent(), 0);

    let same = "https://api.vitablehealth.com/v1/groups";
    world.run(world.client.get(same).send()).unwrap();
    let options = RequestOptions::new().allow_other_origin(true);
    world.run(world.client.get("https://evil.example/v1").options(options).send()).unwrap();
    let requests = world.transport.requests();
    assert_eq!(requests[0].header("authorization"), Some("Bearer vit_apk_canary"));
    assert_eq!(requests[1].header("authorization"), None);
    assert_eq!(requests[1].authority, "evil.example");
}

#[test]
fn fault_05_derived_clients_honour_the_environment_and_keep_the_rest() {
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| b.default_header("X-A", "1"));
    let derived = world.client.derive().environment(Environment::Uat).build().unwrap();
    world.run(derived.groups().retrieve("g").send()).unwrap();
    let request = &world.transport.requests()[0];
    assert_eq!(request.authority, "api.uat.vitablehealth.com");
    assert_eq!(request.header("x-a"), Some("1"));
}

#[test]
fn fault_06_use_after_close_fails_at_once() {
    let world = World::new([ScriptedResponse::json(200, GROUP)]);
    let derived = world.client.derive().build().unwrap();
    world.client.close();
    for client in [&world.client, &derived] {
        let error = world.run(client.groups().retrieve("g").send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Closed);
    }
    assert_eq!((world.sent(), world.clock.elapsed()), (0, Duration::ZERO));
}

#[test]
fn fault_07_the_timeout_bounds_the_body_too() {
    let slow = || ScriptedResponse::json(200, r#"{"data": {"#).cut(Duration::from_secs(1_000_000));
    let world = World::with([slow()], |b| b.timeout(seconds(0.5)).max_retries(0));
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.status(), Some(200), "what had come is kept");
    assert_eq!(error.body().unwrap().as_ref(), br#"{"data": {"#);
    assert_eq!(world.clock.elapsed(), seconds(0.5));
}

#[test]
fn fault_07_a_deadline_bounds_attempts_and_waits() {
    let world = World::with([ScriptedResponse::status(503)], |b| b.max_retries(u32::MAX));
    let call = world.client.groups().retrieve("g").deadline(seconds(10.0));
    let error = world.run(call.send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert!(world.clock.elapsed() < seconds(10.0), "no sleep into a certain failure");
    let text = error.to_string();
    assert!(text.contains("another attempt before the call's deadline of 10 s"), "{text}");
    assert!(error.attempts().len() > 2);

    let world = World::new([ScriptedResponse::hang()]);
    let call = world.client.groups().retrieve("g").deadline(seconds(3.0));
    let error = world.run(call.send()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    assert_eq!(world.clock.elapsed(), seconds(3.0));
}

#[test]
fn fault_07_a_deadline_bounds_all_pages_together() {
    let slow = |n| groups(&[&format!("g{n}")], &page_of(n, 9)).after(seconds(2.0));
    let world = World::new((1..9).map(slow));
    let options = RequestOptions::new().deadline(seconds(5.0));
    let mut pages = world.client.groups().list().options(options).pages();
    let error = world.run(async {
        assert!(pages.try_next().await.unwrap().is_some());
        assert!(pages.try_next().await.unwrap().is_some());
        pages.try_next().await.unwrap_err()
    });
    assert_eq!((error.kind(), error.page()), (ErrorKind::Deadline, Some(3)));
    assert_eq!(world.clock.elapsed(), seconds(5.0));
}

#[test]
fn fault_08_header_names_meet_in_any_letter_case() {
    let world = World::with([ScriptedResponse::json(200, GROUP)], |b| b.default_header("X-D", "1"));
    world.run(world.client.groups().retrieve("g").header("x-d", "2").send()).unwrap();
    let request = &world.transport.requests()[0];
    assert_eq!(request.headers.get_all("x-d").iter().count(), 1);
    assert_eq!(request.header("x-d"), Some("2"));
}

#[test]
fn fault_10_empty_ids_are_rejected_before_anything_is_sent() {
    let world = World::new([ScriptedResponse::json(200, GROUP)]);
    let sync = world.client.groups().members().sync();
    let kinds = [
        world.run(world.client.groups().retrieve("").send()).unwrap_err().kind(),
        world
            .run(world.client.groups().update(" ", GroupUpdateParams::new()).send())
            .unwrap_err()
            .kind(),
        world.run(sync.retrieve("", "grp_1").send()).unwrap_err().kind(),
        world.run(sync.retrieve("grpmsr_1", "").send()).unwrap_err().kind(),
    ];
    assert_eq!(kinds, [ErrorKind::InvalidArgument; 4]);
    assert_eq!(world.sent(), 0);
}

#[test]
fn fault_12_cancelling_ends_a_backoff_and_a_poll_at_once() {
    use futures_util::future::{Either, select};
    use vitable_groups::{Clock, SyncHandle};

    let world = World::new([ScriptedResponse::status(503).header("retry-after", "60")]);
    let call = Box::pin(world.client.groups().retrieve("g").send());
    let cancel = world.clock.sleep(seconds(1.0));
    let ended = world.run(async { matches!(select(call, cancel).await, Either::Right(_)) });
    assert!(ended);
    assert_eq!((world.sent(), world.clock.elapsed()), (1, seconds(1.0)));

    let pending = r#"{"data": {"request_id": "r", "group_id": "g", "completed_at": null}}"#;
    let world = World::new([ScriptedResponse::json(200, pending).header("retry-after", "50")]);
    let wait = world.client.groups().members().sync().wait(SyncHandle::new("g", "r"));
    let cancel = world.clock.sleep(seconds(1.0));
    let wait = wait.into_future();
    let ended = world.run(async { matches!(select(wait, cancel).await, Either::Right(_)) });
    assert!(ended);
    assert_eq!((world.sent(), world.clock.elapsed()), (1, seconds(1.0)));
}

#[test]
fn fault_15_unreadable_answers_are_our_own_errors_with_what_came() {
    let cases: [(&str, &str); 5] = [
        ("", "empty"),
        ("<html>", "line 1 column 1"),
        (r#"{"data": {"id": 5}}"#, "`data.id`"),
        (r#"{"data": {"id": "g"}"#, "line 1"),
        (r#"{"data": {"name": "x"}}"#, "`data`"),
    ];
    for (body, place) in cases {
        let world = World::new([ScriptedResponse::json(200, body).header("x-request-id", "req-7")]);
        let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ResponseValidation, "{body}");
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(error.status(), Some(200));
        assert_eq!(error.request_id(), Some("req-7"));
        assert_eq!(error.body().unwrap().as_ref(), body.as_bytes());
        assert_eq!(world.sent(), 1);
    }
}

#[test]
fn fault_15_cut_answers_are_connection_errors_with_what_came() {
    let cut = || ScriptedResponse::json(200, r#"{"data": {"id""#).cut(Duration::ZERO);
    let world = World::with([cut()], |b| b.max_retries(1));
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Connection, Some(200)));
    assert_eq!(error.body().unwrap().as_ref(), br#"{"data": {"id""#);
    assert_eq!(world.sent(), 2);
}

#[test]
fn fault_16_iteration_ends_when_the_server_repeats_itself() {
    let endless = [
        // Always page 1, with and without metadata.
        groups(&["a", "b"], &page_of(1, 9)),
        groups(&["a", "b"], ""),
    ];
    for script in endless {
        let world = World::new([script]);
        let found = world.run(world.client.groups().list().collect(100)).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(world.sent(), 2);
    }
    // Round in a circle, without metadata.
    let circle = (0..50).map(|n| groups(&[["a", "b", "c"][n % 3]], ""));
    let world = World::new(circle);
    let found = world.run(world.client.groups().list().collect(100)).unwrap();
    assert_eq!((found.len(), world.sent()), (3, 4));
}

#[test]
fn fault_16_a_start_at_page_3_without_metadata_goes_to_page_4() {
    let world = World::new([groups(&["e"], ""), groups(&["f"], ""), groups(&[], "")]);
    let found = world.run(world.client.groups().list().page(3).limit(1).collect(100)).unwrap();
    assert_eq!(found.len(), 2);
    let wire = world.wire();
    assert_eq!(
        wire,
        [
            "GET /v1/groups?limit=1&page=3",
            "GET /v1/groups?limit=1&page=4",
            "GET /v1/groups?limit=1&page=5"
        ]
    );
}

#[test]
fn fault_17_server_delays_are_kept_in_full_or_fail_at_once() {
    let world = World::new([
        ScriptedResponse::status(429).header("retry-after", "60"),
        ScriptedResponse::json(200, GROUP),
    ]);
    world.run(world.client.groups().retrieve("g").send()).unwrap();
    assert_eq!(world.clock.elapsed(), seconds(60.0));

    let world = World::new([ScriptedResponse::status(429).header("retry-after", "3600")]);
    let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
    assert_eq!(error.retry_after(), Some(seconds(3600.0)));
    assert_eq!((world.sent(), world.clock.elapsed()), (1, Duration::ZERO));
    assert!(error.to_string().contains("longer wait than allowed"), "{error}");
}

#[test]
fn fault_18_a_create_is_looked_up_before_it_is_sent_again() {
    let params = || GroupCreateParams::new("ref-b", "n");
    // Done, but the answer was lost: found, not sent again.
    for lost in [
        ScriptedResponse::reset(),
        ScriptedResponse::status(500),
        ScriptedResponse::status(502),
        ScriptedResponse::status(504),
    ] {
        let world = World::new([lost, groups(&["a", "b"], &page_of(1, 1))]);
        let answer = world.run(world.client.groups().create(params()).send()).unwrap();
        assert_eq!(answer.data.id, "b");
        assert!(answer.metadata.recovered);
        assert_eq!(
            world.wire(),
            ["POST /v1/groups", "GET /v1/groups?limit=100&page=1"]
                .map(|line| line.replace("&page=1", ""))
        );
    }
    // Not done: sent again, with the same key.
    let world = World::new([
        ScriptedResponse::reset(),
        groups(&["a"], &page_of(1, 1)),
        ScriptedResponse::json(201, GROUP),
    ]);
    let answer = world.run(world.client.groups().create(params()).send()).unwrap();
    assert!(!answer.metadata.recovered);
    let requests = world.transport.requests();
    assert_eq!(requests[0].header("idempotency-key"), requests[2].header("idempotency-key"));
    assert!(requests[0].header("idempotency-key").is_some());
}

#[test]
fn fault_18_a_create_that_cannot_have_been_done_is_sent_again_freely() {
    for harmless in [
        ScriptedResponse::refused(),
        ScriptedResponse::status(429),
        ScriptedResponse::status(503),
        ScriptedResponse::status(408),
    ] {
        let world = World::new([harmless, ScriptedResponse::json(201, GROUP)]);
        let params = GroupCreateParams::new("t1", "Tier 1");
        world.run(world.client.groups().create(params).send()).unwrap();
        assert_eq!(world.wire(), ["POST /v1/groups", "POST /v1/groups"]);
    }
}

#[test]
fn fault_18_a_conflict_after_a_replay_is_resolved_by_a_lookup() {
    let conflict =
        || ScriptedResponse::json(409, r#"{"message": "exists", "app_error_code": "conflict"}"#);
    let lost = || [ScriptedResponse::reset(), groups(&["a"], &page_of(1, 1)), conflict()];
    // The first attempt was slow and finished after our look.
    let world = World::new(lost().into_iter().chain([groups(&["b"], &page_of(1, 1))]));
    let create = |world: &World| world.client.groups().create(GroupCreateParams::new("ref-b", "n"));
    let answer = world.run(create(&world).send()).unwrap();
    assert_eq!((answer.data.id.as_str(), answer.metadata.recovered), ("b", true));

    let world = World::new(lost().into_iter().chain([groups(&["c"], &page_of(1, 1))]));
    let error = world.run(create(&world).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, false));

    // The look fails: whose it is stays unknown, and get_or_create says so too.
    let world = World::new(lost().into_iter().chain([ScriptedResponse::status(404)]));
    let error = world.run(create(&world).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, true));
    let nothing = groups(&[], &page_of(1, 1));
    let world =
        World::new([nothing].into_iter().chain(lost()).chain([ScriptedResponse::status(404)]));
    let params = GroupCreateParams::new("ref-b", "n");
    let error = world.run(world.client.groups().get_or_create(params)).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::NotFound, true));

    // A conflict at once is a duplicate of somebody else's.
    let world = World::new([conflict()]);
    let error = world.run(create(&world).send()).unwrap_err();
    assert_eq!((error.kind(), world.sent()), (ErrorKind::Conflict, 1));
}

#[test]
fn fault_18_a_group_that_is_not_the_calls_own_is_not_returned_as_created() {
    let create = |world: &World| world.client.groups().create(GroupCreateParams::new("ref-b", "n"));
    let failed = |lookup| {
        let world = World::new([ScriptedResponse::status(502), lookup]);
        let error = world.run(create(&world).send()).unwrap_err();
        assert_eq!((error.kind(), world.sent()), (ErrorKind::Conflict, 2), "{error}");
        assert!(std::error::Error::source(&error).unwrap().to_string().contains("502"));
        error
    };
    let older = "2026-01-15T10:29:57Z";
    let error = failed(groups_of(older, &["b"], ""));
    assert!(!error.outcome_unknown());
    assert!(error.to_string().contains("was there before the call"), "{error}");
    // By the server's clock, where it names it.
    let by_the_server =
        groups_of(older, &["b"], "").header("date", "Thu, 15 Jan 2026 10:29:57 GMT");
    let world = World::new([ScriptedResponse::status(502), by_the_server]);
    assert!(world.run(create(&world).send()).unwrap().metadata.recovered);
    let ahead = groups(&["b"], "").header("date", "Thu, 15 Jan 2026 11:30:00 GMT");
    assert!(!failed(ahead).outcome_unknown());
    // Or by what an earlier response of the call said.
    let lost = ScriptedResponse::status(502).header("date", "Thu, 15 Jan 2026 11:30:00 GMT");
    let world = World::new([lost, groups(&["b"], "")]);
    assert_eq!(world.run(create(&world).send()).unwrap_err().kind(), ErrorKind::Conflict);

    // Another name, or no time: nobody knows.
    let world = World::new([ScriptedResponse::reset(), groups(&["b"], "")]);
    let params = GroupCreateParams::new("ref-b", "Other");
    let error = world.run(world.client.groups().create(params).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Conflict, true));
    assert!(failed(groups_of("", &["b"], "")).outcome_unknown());

    // get_or_create finds by reference ID, whose ever the group is.
    let nothing = groups(&[], "");
    let found = || groups_of(older, &["b"], "");
    let world = World::new([nothing, ScriptedResponse::status(502), found(), found()]);
    let params = GroupCreateParams::new("ref-b", "n");
    let options = RequestOptions::new();
    let (group, created) =
        world.run(world.client.groups().get_or_create_with(params, options)).unwrap();
    assert_eq!((group.id.as_str(), created), ("b", false));
}

#[test]
fn fault_18_an_unknown_outcome_is_said() {
    let create = |world: &World| world.client.groups().create(GroupCreateParams::new("r", "n"));
    let world = World::with([ScriptedResponse::reset()], |b| b.max_retries(0));
    let error = world.run(create(&world).send()).unwrap_err();
    assert!(error.outcome_unknown());
    assert!(error.idempotency_key().is_some());
    // The lookup fails too: nothing is sent again.
    let world = World::new([ScriptedResponse::reset(), ScriptedResponse::status(404)]);
    let error = world.run(create(&world).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::Connection, true));
    assert!(world.wire().iter().filter(|line| line.starts_with("POST")).count() == 1);
    let world = World::with([ScriptedResponse::refused()], |b| b.max_retries(0));
    assert!(!world.run(create(&world).send()).unwrap_err().outcome_unknown());
    // Done, with an answer too large to be read.
    let world = World::with([ScriptedResponse::json(201, GROUP)], |b| b.max_response_bytes(5));
    let error = world.run(create(&world).send()).unwrap_err();
    assert_eq!((error.kind(), error.outcome_unknown()), (ErrorKind::ResponseValidation, true));
    assert_eq!(world.sent(), 1);
}

#[test]
fn fault_20_an_outage_is_not_multiplied() {
    let world = World::with([ScriptedResponse::status(503)], |b| b.max_retries(3));
    let mut refused = None;
    for _ in 0..60 {
        let error = world.run(world.client.groups().retrieve("g").send()).unwrap_err();
        if error.to_string().contains("retry quota is empty") {
            refused = Some(error);
        }
    }
    assert!(refused.is_some());
    // 60 calls without a quota would be 240 requests; the quota of 500 pays for 100 retries.
    assert_eq!(world.sent(), 160);
}
