//! Identifiers in the API's format: a prefix and 22 characters of base64.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::lock::lock;

/// Issues ids from random UUIDs; with a seed, the same ids in the same order.
#[derive(Debug)]
pub(crate) struct Ids(Mutex<fastrand::Rng>);

impl Ids {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed)))
    }

    /// `prefix_` and the base64 of a version 4 UUID.
    pub(crate) fn issue(&self, prefix: &str) -> String {
        let uuid = version_4(lock(&self.0).u128(..));
        format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(uuid.to_be_bytes()))
    }

    /// A trace ID of 32 hexadecimal digits.
    pub(crate) fn trace(&self) -> String {
        format!("{:032x}", lock(&self.0).u128(..))
    }
}

/// Sets the version and variant bits of RFC 9562.
fn version_4(random: u128) -> u128 {
    let version = random & !(0xf << 76) | (0x4 << 76);
    version & !(0x3 << 62) | (0x2 << 62)
}

/// Whether a text has the format of an organization id. Any length is allowed: ids in published
/// samples are shorter than canonical ones.
pub(crate) fn is_organization_id(text: &str) -> bool {
    text.strip_prefix("org_").is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_canonical_and_follow_the_seed() {
        let (one, two) = (Ids::new(Some(7)), Ids::new(Some(7)));
        for _ in 0..100 {
            let id = one.issue("grp");
            assert_eq!(id, two.issue("grp"));
            let text = id.strip_prefix("grp_").unwrap();
            assert_eq!(text.len(), 22);
            assert!(text.ends_with(['A', 'Q', 'g', 'w']), "{id}");
            let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
            assert_eq!((bytes[6] >> 4, bytes[8] >> 6), (4, 2));
        }
        assert_ne!(Ids::new(None).issue("grp"), Ids::new(None).issue("grp"));
    }

    #[test]
    fn organization_ids_are_recognized() {
        assert!(is_organization_id("org_PyschJpXTw6LHWwuWn2fEA"));
        for text in ["", "org_", "grp_PyschJpXTw6LHWwuWn2fEA", "org_a b", "org_ä"] {
            assert!(!is_organization_id(text), "{text}");
        }
    }
}
