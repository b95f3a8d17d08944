//! The parts of the core that are measured, each as a function to run repeatedly. Used by the
//! microbenchmarks and by the instruction counts.

use std::hint::black_box;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use vitable_groups::binding::SeenIds;
use vitable_groups::binding::{RetryQuota, ServerHints, decide};
use vitable_groups::model::{Envelope, Group, Member, PageBody};
use vitable_groups::operation::RetrySafety;
use vitable_groups::roster::{CheckOptions, ReadOptions, Roster, diff};
use vitable_groups::{
    BoxFuture, Client, Failure, PageItem, RetryPolicy, Transport, TransportError, TransportRequest,
    TransportResponse,
};

/// A part that is ready to run.
pub(crate) type Part = Box<dyn FnMut()>;
type Named = (&'static str, fn() -> Part);

/// All parts, with their names.
pub(crate) const PARTS: &[Named] = &[
    ("decode_a_group", decode_a_group),
    ("decode_a_page_of_100_groups", decode_a_page),
    ("decode_a_page_of_100_groups_as_plain_values", decode_plain_values),
    ("encode_1000_members", encode_members),
    ("call_through_the_pipeline", call),
    ("page_of_100_through_the_pipeline", page_call),
    ("submit_1000_members_through_the_pipeline", submit),
    ("decide_on_a_retry", retry),
    ("insert_100_new_ids", seen),
    ("read_1000_rows", read_rows),
    ("check_1000_rows", check_rows),
    ("compare_1000_rows", compare_rows),
];

fn group(n: usize) -> String {
    format!(
        r#"{{"id":"grp_C506ZkHHTlKfgy16G-{n:04}","organization_id":"org_PyschJpXTw6LHWwuWn2fEA","name":"Tier {n}","external_reference_id":"mol_seg_{n:04}","created_at":"2026-01-15T10:30:00Z","updated_at":"2026-01-15T10:30:00Z"}}"#
    )
}

fn page() -> Bytes {
    let items: Vec<_> = (0..100).map(group).collect();
    let pagination = r#"{"page":1,"limit":100,"total":100000,"total_pages":1000}"#;
    format!(r#"{{"data":[{}],"pagination":{pagination}}}"#, items.join(",")).into()
}

fn envelope() -> Bytes {
    format!(r#"{{"data":{}}}"#, group(1)).into()
}

fn csv(rows: usize) -> String {
    let mut text = "reference_id,first_name,last_name,date_of_birth,plan_id,address_line_1,city,state,zipcode\n".to_owned();
    for n in 0..rows {
        text += &format!("EMP-{n},Ann,Lee,1990-01-01,pln_1,{n} Main Street,Springfield,IL,62701\n");
    }
    text
}

fn roster(rows: usize) -> Roster {
    Roster::read_csv(csv(rows).as_bytes(), &ReadOptions::default()).unwrap()
}

/// Responds immediately with the same bytes.
#[derive(Debug)]
struct Null(Bytes);

impl Transport for Null {
    fn send(
        &self,
        _: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        let response = TransportResponse::new(StatusCode::OK, HeaderMap::new(), self.0.clone());
        Box::pin(std::future::ready(Ok(response)))
    }
}

fn client(body: Bytes) -> (Client, tokio::runtime::Runtime) {
    let client = Client::builder().api_key("key").transport(Null(body)).build().unwrap();
    (client, tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap())
}

fn decode_a_group() -> Part {
    let body = envelope();
    Box::new(move || {
        black_box(serde_json::from_slice::<Envelope<Group>>(black_box(&body)).unwrap());
    })
}

fn decode_a_page() -> Part {
    let body = page();
    Box::new(move || {
        black_box::<PageBody<Group>>(Group::read_page(black_box(&body)).unwrap());
    })
}

fn decode_plain_values() -> Part {
    let body = page();
    Box::new(move || {
        black_box(serde_json::from_slice::<serde_json::Value>(black_box(&body)).unwrap());
    })
}

fn encode_members() -> Part {
    let members: Vec<Member> = roster(1000).members().cloned().collect();
    Box::new(move || {
        black_box(serde_json::to_vec(black_box(&members)).unwrap());
    })
}

fn call() -> Part {
    let (client, runtime) = client(envelope());
    Box::new(move || {
        black_box(runtime.block_on(client.groups().retrieve("grp_1").send()).unwrap());
    })
}

fn page_call() -> Part {
    let (client, runtime) = client(page());
    Box::new(move || {
        black_box(runtime.block_on(client.groups().list().limit(100).send()).unwrap());
    })
}

fn submit() -> Part {
    let (client, runtime) = client(Bytes::from_static(br#"{"data":{"request_id":"gmsr_1"}}"#));
    let members: Vec<Member> = roster(1000).members().cloned().collect();
    Box::new(move || {
        let call = client.groups().members().sync().submit("grp_1", &members);
        black_box(runtime.block_on(call.send()).unwrap());
    })
}

fn retry() -> Part {
    let (policy, hints) = (RetryPolicy::default(), ServerHints::default());
    let quota = RetryQuota::default();
    Box::new(move || {
        for _ in 0..5 {
            quota.refill();
        }
        let failure = Failure::Status(503);
        black_box(decide(&policy, 1, failure, &hints, RetrySafety::Idempotent, None, 0.5, &quota));
    })
}

fn seen() -> Part {
    let ids: Vec<String> = (0..100).map(|n| format!("grp_C506ZkHHTlKfgy16G-{n:04}")).collect();
    Box::new(move || {
        let mut seen = SeenIds::new();
        assert!(
            seen.insert_all(ids.iter().map(|id| black_box(id.as_str())))
                .into_iter()
                .all(|is_new| is_new)
        );
    })
}

fn read_rows() -> Part {
    let text = csv(1000);
    Box::new(move || {
        black_box(Roster::read_csv(text.as_bytes(), &ReadOptions::default()).unwrap());
    })
}

fn check_rows() -> Part {
    let roster = roster(1000);
    let options = CheckOptions::new(jiff::civil::date(2026, 1, 15)).max_rows(100_000);
    Box::new(move || {
        black_box(roster.check(&options));
    })
}

fn compare_rows() -> Part {
    let (previous, current) = (roster(1000), roster(1000));
    Box::new(move || {
        black_box(diff(&previous, &current));
    })
}
