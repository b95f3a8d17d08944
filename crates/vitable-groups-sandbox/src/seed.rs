//! Seed data, as the caller writes it.

use serde::Deserialize;
use serde_json::Value;

use crate::store::{KeyKind, Record};

/// Data to add to what is already stored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    pub(crate) organizations: Vec<SeedOrganization>,
    pub(crate) keys: Vec<SeedKey>,
    pub(crate) plans: Vec<SeedPlan>,
    pub(crate) remove_plans: Vec<String>,
    pub(crate) groups: Vec<SeedGroup>,
    pub(crate) many_groups: Option<ManyGroups>,
    pub(crate) persons: Vec<SeedPerson>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedOrganization {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedKey {
    pub(crate) key: String,
    pub(crate) organization_id: Option<String>,
    #[serde(default)]
    pub(crate) kind: KeyKind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedPlan {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) organization_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedGroup {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) external_reference_id: String,
    pub(crate) organization_id: Option<String>,
    #[serde(default)]
    pub(crate) members: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ManyGroups {
    pub(crate) count: u32,
    #[serde(default)]
    pub(crate) prefix: Option<String>,
    pub(crate) organization_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct SeedPerson {
    pub(crate) organization_id: Option<String>,
    #[serde(flatten)]
    pub(crate) record: Record,
}

impl Seed {
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        Self::deserialize(value).map_err(|error| error.to_string())
    }
}

/// Parses `KEY` and `KEY=org_...`.
pub(crate) fn read_keys(keys: &[String]) -> Result<Seed, String> {
    let keys = keys
        .iter()
        .map(|text| {
            let (key, organization) = match text.split_once('=') {
                Some((key, organization)) => (key, Some(organization.to_owned())),
                None => (text.as_str(), None),
            };
            if key.trim().is_empty() {
                return Err("a key must not be empty".to_owned());
            }
            let key = key.trim().to_owned();
            Ok(SeedKey { key, organization_id: organization, kind: KeyKind::Organization })
        })
        .collect::<Result<_, _>>()?;
    Ok(Seed { keys, ..Seed::default() })
}
