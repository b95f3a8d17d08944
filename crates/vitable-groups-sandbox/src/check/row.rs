//! A valid roster row, as stored until its sync is processed.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub(crate) struct Row {
    pub(crate) reference_id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) date_of_birth: String,
    pub(crate) plan_id: String,
    pub(crate) address: AddressRow,
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub(crate) phone: Patch,
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub(crate) email: Patch,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub(crate) struct AddressRow {
    pub(crate) address_line_1: String,
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub(crate) address_line_2: Patch,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) zipcode: String,
}

/// How a row changes a stored value: absent keeps it, null clears it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Patch {
    #[default]
    Keep,
    Clear,
    Set(String),
}

impl Patch {
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }

    pub(crate) fn apply(&self, stored: &mut Option<String>) {
        match self {
            Self::Keep => {}
            Self::Clear => *stored = None,
            Self::Set(text) => *stored = Some(text.clone()),
        }
    }
}

impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(text) => output.serialize_str(text),
            Self::Clear | Self::Keep => output.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Patch {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Option::<String>::deserialize(input)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_keeps_clears_or_sets() {
        for (patch, want) in [
            (Patch::Keep, Some("old")),
            (Patch::Clear, None),
            (Patch::Set("new".to_owned()), Some("new")),
        ] {
            let mut stored = Some("old".to_owned());
            patch.apply(&mut stored);
            assert_eq!(stored.as_deref(), want);
        }
    }
}
