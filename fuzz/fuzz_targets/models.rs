//! Any JSON text is a model or an error; a model survives a round trip.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use vitable_groups::model::{Envelope, Group, Member, PageBody, Plan, SyncReceipt, SyncState};

fn round_trip<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(text: &[u8]) {
    if let Ok(model) = serde_json::from_slice::<T>(text) {
        let written = serde_json::to_vec(&model).expect("a model can be written");
        let again: T = serde_json::from_slice(&written).expect("what was written can be read");
        assert_eq!(model, again);
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
