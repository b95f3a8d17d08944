//! What the core's parts cost, without a network: decoding, encoding, the pipeline around a
//! transport that answers at once, a retry decision, a roster check and diff.
#![allow(clippy::unwrap_used, clippy::format_push_string, missing_docs, reason = "a benchmark")]

use std::sync::Arc;

use bytes::Bytes;
use divan::{Bencher, black_box};
use http::{HeaderMap, StatusCode};
use vitable_groups::model::{Envelope, Group, Member, PageBody};
use vitable_groups::operation::Replay;
use vitable_groups::retry::{Failure, RetryBudget, RetryPolicy, ServerHints, decide};
use vitable_groups::roster::{ReadOptions, Roster, RosterOptions, diff};
use vitable_groups::{
    BoxFuture, Client, Transport, TransportError, TransportRequest, TransportResponse,
};

fn main() {
    divan::main();
}

fn group(n: usize) -> String {
    format!(
        r#"{{"id":"grp_C506ZkHHTlKfgy16G-{n:04}","organization_id":"org_PyschJpXTw6LHWwuWn2fEA","name":"Tier {n}","external_reference_id":"mol_seg_{n:04}","created_at":"2026-01-15T10:30:00Z","updated_at":"2026-01-15T10:30:00Z"}}"#
    )
}

fn page() -> String {
    let items: Vec<_> = (0..100).map(group).collect();
    let pagination = r#"{"page":1,"limit":100,"total":100000,"total_pages":1000}"#;
    format!(r#"{{"data":[{}],"pagination":{pagination}}}"#, items.join(","))
}

fn csv(rows: usize) -> String {
    let mut text = "reference_id,first_name,last_name,date_of_birth,plan_id,address_line_1,city,state,zipcode\n".to_owned();
    for n in 0..rows {
        text += &format!("EMP-{n},Ann,Lee,1990-01-01,pln_1,{n} Main Street,Springfield,IL,62701\n");
    }
    text
}

/// Answers with the same bytes, at once.
#[derive(Debug)]
struct Null(Bytes);

impl Transport for Null {
    fn send(
        &self,
        _: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let answer = TransportResponse::new(StatusCode::OK, HeaderMap::new(), self.0.clone());
        Box::pin(std::future::ready(Ok(answer)))
    }
}

#[divan::bench]
fn decode_a_page_of_100_groups(bencher: Bencher) {
    let text = page();
    bencher.bench(|| serde_json::from_str::<PageBody<Group>>(black_box(&text)).unwrap());
}

#[divan::bench]
fn decode_a_page_of_100_groups_as_plain_values(bencher: Bencher) {
    let text = page();
    bencher.bench(|| serde_json::from_str::<serde_json::Value>(black_box(&text)).unwrap());
}

#[divan::bench]
fn decode_a_group(bencher: Bencher) {
    let text = format!(r#"{{"data":{}}}"#, group(1));
    bencher.bench(|| serde_json::from_str::<Envelope<Group>>(black_box(&text)).unwrap());
}

#[divan::bench]
fn encode_1000_members(bencher: Bencher) {
    let roster = Roster::read_csv(csv(1000).as_bytes(), &ReadOptions::default()).unwrap();
    let members: Vec<Member> = roster.members().cloned().collect();
    bencher.bench(|| serde_json::to_vec(black_box(&members)).unwrap());
}

#[divan::bench]
fn call_through_the_pipeline(bencher: Bencher) {
    let body = Bytes::from(format!(r#"{{"data":{}}}"#, group(1)));
    let builder = Client::builder().api_key("key").transport(Null(body));
    let client = Arc::new(builder.build().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    bencher.bench_local(|| runtime.block_on(client.groups().retrieve("grp_1").send()).unwrap());
}

#[divan::bench]
fn decide_on_a_retry(bencher: Bencher) {
    let (policy, hints) = (RetryPolicy::default(), ServerHints::default());
    let budget = RetryBudget::default();
    bencher.bench(|| {
        budget.deposit();
        decide(&policy, 1, Failure::Status(503), &hints, Replay::Free, None, 0.5, &budget)
    });
}

#[divan::bench(sample_count = 10)]
fn read_check_and_compare_10000_rows(bencher: Bencher) {
    let text = csv(10_000);
    let previous = Roster::read_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
    let options = RosterOptions::new(jiff::civil::date(2026, 1, 15)).max_rows(100_000);
    bencher.bench_local(|| {
        let roster = Roster::read_csv(text.as_bytes(), &ReadOptions::default()).unwrap();
        (roster.check(&options).errors, diff(&previous, &roster).removals.len())
    });
}
