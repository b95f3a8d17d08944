//! Reading the body of an error response never panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let read = vitable_groups::ErrorBody::read(body);
    if let Some(message) = read.message {
        assert!(!message.is_empty());
    }
});
