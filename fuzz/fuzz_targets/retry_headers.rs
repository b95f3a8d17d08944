//! Any headers yield a valid hint or none; a hinted delay is never zero.
#![no_main]

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use vitable_groups::binding::ServerHints;

const NAMES: [&str; 7] = [
    "date",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "ratelimit",
    "ratelimit-reset",
    "x-ratelimit-reset",
];

fuzz_target!(|input: (u16, i64, Vec<(u8, Vec<u8>)>)| {
    let (status, now, pairs) = input;
    let Ok(now) = jiff::Timestamp::from_second(now) else { return };
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            headers.insert(NAMES[usize::from(name) % NAMES.len()], value);
        }
    }
    let hints = ServerHints::read(&headers, status, now);
    assert!(hints.delay.is_none_or(|delay| !delay.is_zero()));
});
