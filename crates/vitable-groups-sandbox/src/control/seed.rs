//! Data put in behind the API's back.

use http::StatusCode;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use crate::api::today;
use crate::check::{new_group, roster};
use crate::clock::Micros;
use crate::ids::is_organization_id;
use crate::reconcile::reconcile;
use crate::settings::Settings;
use crate::store::{Access, Group, KeyKind, Person, Plan, Record, Store};
use crate::world::World;

/// The organization of every caller who has no other.
pub(crate) const DEFAULT_ORGANIZATION: &str = "org_PyschJpXTw6LHWwuWn2fEA";
/// Its plans, whose ids are always the same.
const DEFAULT_PLANS: [(&str, &str); 2] =
    [("pln_Wgx_PobRSymT_ki30sYaBQ", "Basic Care"), ("pln_7uJ4s0r3Tq2Yx9vKpLwB1A", "Premium Care")];
/// Holds persons of whom it is only said that another organization has them.
const ANOTHER_ORGANIZATION: &str = "org_q0vJ8mVbQ3S1n5xZ2yTdCw";

/// What can be put in. Everything is added to what is there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Seed {
    organizations: Vec<SeedOrganization>,
    keys: Vec<SeedKey>,
    plans: Vec<SeedPlan>,
    remove_plans: Vec<String>,
    groups: Vec<SeedGroup>,
    many_groups: Option<ManyGroups>,
    persons: Vec<SeedPerson>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedOrganization {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedKey {
    key: String,
    organization_id: Option<String>,
    #[serde(default)]
    kind: KeyKind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedPlan {
    id: Option<String>,
    name: String,
    organization_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedGroup {
    id: Option<String>,
    name: String,
    external_reference_id: String,
    organization_id: Option<String>,
    #[serde(default)]
    members: Vec<Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManyGroups {
    count: u32,
    #[serde(default)]
    prefix: Option<String>,
    organization_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct SeedPerson {
    organization_id: Option<String>,
    #[serde(flatten)]
    record: Record,
}

impl Seed {
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        Self::deserialize(value).map_err(|error| error.to_string())
    }
}

/// Reads `KEY` and `KEY=org_...`.
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

/// Puts in what a sandbox starts with. A file that has data already gets its keys only.
pub(crate) fn plant(world: &World) -> Result<(), String> {
    let now = world.clock.now();
    let settings = world.settings();
    let mut store = world.store();
    let failed = |refusal| match refusal {
        Refusal::Invalid(message) => message,
        Refusal::Database(error) => error.to_string(),
    };
    let fresh = store.organizations().map_err(|error| error.to_string())?.is_empty();
    store
        .write(|connection| {
            let planter = Planter { world, connection, settings: &settings, now };
            planter.organization(Some(DEFAULT_ORGANIZATION), Some("Default organization"))?;
            for seed in &world.initial().seeds {
                if fresh {
                    planter.plant(seed)?;
                } else {
                    planter.plant(&Seed { keys: seed.keys.clone(), ..Seed::default() })?;
                }
            }
            planter.missing_plans()
        })
        .map_err(failed)
}

/// The `seed` control.
pub(super) fn control(world: &World, body: &Value) -> Result<Value, Refusal> {
    let seed = Seed::read(body).map_err(Refusal::Invalid)?;
    let now = world.clock.now();
    let settings = world.settings();
    world.settled(now)?.write(|connection| {
        let planter = Planter { world, connection, settings: &settings, now };
        let made = planter.plant(&seed)?;
        planter.missing_plans()?;
        Ok(made)
    })
}

struct Planter<'a> {
    world: &'a World,
    connection: &'a Connection,
    settings: &'a Settings,
    now: Micros,
}

impl Planter<'_> {
    fn plant(&self, seed: &Seed) -> Result<Value, Refusal> {
        let mut organizations = Vec::new();
        for organization in &seed.organizations {
            let id = self.organization(organization.id.as_deref(), organization.name.as_deref())?;
            organizations.push(json!({ "id": id, "name": organization.name }));
        }
        for key in &seed.keys {
            let organization = self.owner(key.organization_id.as_deref())?;
            Access::grant(self.connection, &key.key, &organization, key.kind)?;
        }
        let mut plans = Vec::new();
        for plan in &seed.plans {
            let id = plan.id.clone().unwrap_or_else(|| self.world.ids.issue("pln"));
            let organization_id = self.owner(plan.organization_id.as_deref())?;
            plans.push(json!({ "id": id, "name": plan.name, "organization_id": organization_id }));
            Plan { id, organization_id, name: plan.name.clone() }.put(self.connection)?;
        }
        for id in &seed.remove_plans {
            if !Plan::remove(self.connection, id)? {
                return Err(Refusal::Invalid(format!("remove_plans: there is no plan {id:?}")));
            }
        }
        let mut groups = Vec::new();
        for group in &seed.groups {
            groups.push(self.group(group)?);
        }
        if let Some(many) = &seed.many_groups {
            self.many_groups(many)?;
        }
        for person in &seed.persons {
            self.person(person)?;
        }
        Ok(json!({ "organizations": organizations, "plans": plans, "groups": groups }))
    }

    /// Makes an organization if there is none with this id.
    fn organization(&self, id: Option<&str>, name: Option<&str>) -> Result<String, Refusal> {
        let id = id.map_or_else(|| self.world.ids.issue("org"), str::to_owned);
        if !is_organization_id(&id) {
            return Err(Refusal::Invalid(format!(
                "an organization's id is like org_..., not {id:?}"
            )));
        }
        Store::put_organization(self.connection, &id, name)?;
        Ok(id)
    }

    fn owner(&self, id: Option<&str>) -> Result<String, Refusal> {
        self.organization(Some(id.unwrap_or(DEFAULT_ORGANIZATION)), None)
    }

    /// Gives two plans to every organization that has none.
    fn missing_plans(&self) -> Result<(), Refusal> {
        let organizations = Store::organizations_without_plans(self.connection)?;
        for organization_id in organizations {
            for (id, name) in DEFAULT_PLANS {
                let id = if organization_id == DEFAULT_ORGANIZATION {
                    id.to_owned()
                } else {
                    self.world.ids.issue("pln")
                };
                let organization_id = organization_id.clone();
                Plan { id, organization_id, name: name.to_owned() }.put(self.connection)?;
            }
        }
        Ok(())
    }

    fn group(&self, seed: &SeedGroup) -> Result<Value, Refusal> {
        let fields = json!({
            "name": seed.name,
            "external_reference_id": seed.external_reference_id,
        });
        let new = new_group(fields.to_string().as_bytes())
            .map_err(|violation| Refusal::Invalid(format!("groups: {}", violation.0)))?;
        let mut group = Group {
            id: seed.id.clone().unwrap_or_else(|| self.world.ids.issue("grp")),
            organization_id: self.owner(seed.organization_id.as_deref())?,
            name: new.name,
            external_reference_id: new.external_reference_id,
            created_at: self.now,
            updated_at: self.now,
        };
        self.insert(&mut group)?;
        self.missing_plans()?;
        let body = json!({ "members": seed.members }).to_string();
        let rows = roster(body.as_bytes(), today(self.now))
            .map_err(|violation| Refusal::Invalid(format!("groups: {}", violation.0)))?;
        let results = reconcile(self.connection, &self.world.ids, self.settings, &group.id, &rows)?;
        Ok(json!({
            "id": group.id,
            "external_reference_id": group.external_reference_id,
            "results": results,
        }))
    }

    /// Groups named `seed-00001`, ...; the number has as many digits as the last one, at least 5.
    fn many_groups(&self, many: &ManyGroups) -> Result<(), Refusal> {
        let prefix = many.prefix.as_deref().unwrap_or("seed");
        let organization_id = self.owner(many.organization_id.as_deref())?;
        for number in 1..=many.count {
            let mut group = Group {
                id: self.world.ids.issue("grp"),
                organization_id: organization_id.clone(),
                name: format!("{prefix} {number}"),
                external_reference_id: format!("{prefix}-{number:05}"),
                created_at: self.now,
                updated_at: self.now,
            };
            self.insert(&mut group)?;
        }
        Ok(())
    }

    fn insert(&self, group: &mut Group) -> Result<(), Refusal> {
        group.insert(self.connection).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Refusal::Invalid(format!(
                "groups: the id or the external_reference_id {:?} is taken ({})",
                group.external_reference_id,
                StatusCode::CONFLICT
            )),
            _ => Refusal::Database(error),
        })
    }

    /// A person whose subscription another organization holds.
    fn person(&self, seed: &SeedPerson) -> Result<(), Refusal> {
        let id = seed.organization_id.as_deref().unwrap_or(ANOTHER_ORGANIZATION);
        let holder = self.organization(Some(id), None)?;
        if seed.record.email.is_none() || seed.record.date_of_birth.is_empty() {
            return Err(Refusal::Invalid(
                "persons: email and date_of_birth are needed to know a person again".to_owned(),
            ));
        }
        let id = self.world.ids.issue("mbr");
        Person::insert(self.connection, &id, seed.record.clone(), Some(&holder))?;
        Ok(())
    }
}
