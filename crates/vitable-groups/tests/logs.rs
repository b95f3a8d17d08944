//! Fault 9: no keys, bodies or member data in logs, errors, or Debug texts.
#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "test code")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::World;
use tracing_subscriber::fmt::MakeWriter;
use vitable_groups::model::{Address, Field, Member};
use vitable_groups::testing::Script;

const CANARIES: [&str; 9] = [
    "CanaryFirst",
    "CanaryLast",
    "1977-07-07",
    "5550177177",
    "canary@example.com",
    "77 Canary Road",
    "CanaryCity",
    "99977",
    "vit_apk_canary",
];

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn member() -> Member {
    let address = Address::new("77 Canary Road", "CanaryCity", "CA", "99977");
    let mut member =
        Member::new("EMP-1", "CanaryFirst", "CanaryLast", "1977-07-07", "pln_1", address);
    member.phone = Field::Value("5550177177".into());
    member.email = Field::Value("canary@example.com".into());
    member.extra.insert("nickname", "CanaryFirst".into());
    member
}

#[test]
fn fault_09_nothing_private_is_printed() {
    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(sink.clone())
        .finish();
    let mut printed = format!("{:?}", member());
    tracing::subscriber::with_default(subscriber, || {
        let echo = r#"{"members": [{"first_name": "CanaryFirst", "email": "canary@example.com"}]}"#;
        let scripts = [
            Script::status(503),
            Script::reset(),
            Script::json(400, echo),
            Script::json(500, echo),
            Script::json(200, echo),
            Script::json(200, echo).cut(std::time::Duration::ZERO),
        ];
        for script in scripts {
            let world = World::with([script], |b| b.max_retries(1));
            let sync = world.client.groups().members().sync();
            let call = sync.submit("grp_1", [member()]);
            let error = world.run(call.send()).unwrap_err();
            printed += &format!("{error} {error:?} {error:#?}");
            printed += &format!("{:?} {:?}", world.client, world.client.derive());
            for request in world.transport.requests() {
                printed += &format!("{request:?}");
            }
        }
    });
    printed += &String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    assert!(printed.contains("trying again"), "the log was seen");
    for canary in CANARIES {
        assert!(!printed.contains(canary), "{canary} in {printed}");
    }
}
