//! Any JSON text decodes to a model or an error; models survive a round trip.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use vitable_groups::model::{Envelope, Group, Member, PageBody, Plan, SyncReceipt, SyncState};

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &[u8]) {
    if let Ok(model) = serde_json::from_slice::<T>(text) {
        let encoded = serde_json::to_vec(&model).expect("a model can be encoded");
        let decoded: T = serde_json::from_slice(&encoded).expect("an encoded model can be decoded");
        assert_eq!(model, decoded);
    }
}

fuzz_target!(|text: &[u8]| {
    round_trip::<Envelope<Group>>(text);
    round_trip::<PageBody<Group>>(text);
    round_trip::<PageBody<Plan>>(text);
    round_trip::<Envelope<SyncReceipt>>(text);
    round_trip::<Envelope<SyncState>>(text);
    round_trip::<Member>(text);
});
