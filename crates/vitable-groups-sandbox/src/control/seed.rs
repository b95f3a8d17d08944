//! Loads seed data, bypassing the API.

use http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::Rejection;
use crate::check::{new_group, roster};
use crate::clock::{Micros, today};
use crate::ids::is_organization_id;
use crate::reconcile::reconcile;
use crate::seed::{ManyGroups, Seed, SeedGroup, SeedPerson};
use crate::server_state::ServerState;
use crate::settings::Settings;
use crate::store::{Access, DEFAULT_ORGANIZATION, Group, Person, Plan, Store};

/// The plans of the default organization; their ids are fixed.
const DEFAULT_PLANS: [(&str, &str); 2] =
    [("pln_Wgx_PobRSymT_ki30sYaBQ", "Basic Care"), ("pln_7uJ4s0r3Tq2Yx9vKpLwB1A", "Premium Care")];
/// The organization of seeded persons whose organization is not given.
const ANOTHER_ORGANIZATION: &str = "org_q0vJ8mVbQ3S1n5xZ2yTdCw";

/// Loads the initial data. If the database file already has data, only the keys are added.
pub(crate) fn load_initial(state: &ServerState) -> Result<(), String> {
    let now = state.clock.now();
    let settings = state.settings();
    let mut store = state.store();
    let failed = |rejection| match rejection {
        Rejection::Invalid(message) => message,
        Rejection::Database(error) => error.to_string(),
    };
    let fresh = store.organizations().map_err(|error| error.to_string())?.is_empty();
    store
        .write(|connection| {
            let seeder = Seeder { state, connection, settings: &settings, now };
            seeder.organization(Some(DEFAULT_ORGANIZATION), Some("Default organization"))?;
            for seed in &state.initial().seeds {
                if fresh {
                    seeder.load(seed)?;
                } else {
                    seeder.load(&Seed { keys: seed.keys.clone(), ..Seed::default() })?;
                }
            }
            seeder.missing_plans()
        })
        .map_err(failed)
}

/// The `seed` control.
pub(super) fn control(state: &ServerState, body: &Value) -> Result<Value, Rejection> {
    let seed = Seed::read(body).map_err(Rejection::Invalid)?;
    let now = state.clock.now();
    let settings = state.settings();
    state.after_due_syncs(now)?.write(|connection| {
        let seeder = Seeder { state, connection, settings: &settings, now };
        let created = seeder.load(&seed)?;
        seeder.missing_plans()?;
        Ok(created)
    })
}

struct Seeder<'a> {
    state: &'a ServerState,
    connection: &'a Connection,
    settings: &'a Settings,
    now: Micros,
}

impl Seeder<'_> {
    fn load(&self, seed: &Seed) -> Result<Value, Rejection> {
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
            let id = plan.id.clone().unwrap_or_else(|| self.state.ids.issue("pln"));
            let organization_id = self.owner(plan.organization_id.as_deref())?;
            plans.push(json!({ "id": id, "name": plan.name, "organization_id": organization_id }));
            Plan { id, organization_id, name: plan.name.clone() }.put(self.connection)?;
        }
        for id in &seed.remove_plans {
            if !Plan::remove(self.connection, id)? {
                return Err(Rejection::Invalid(format!("remove_plans: there is no plan {id:?}")));
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

    /// Creates an organization unless one with this id exists.
    fn organization(&self, id: Option<&str>, name: Option<&str>) -> Result<String, Rejection> {
        let id = id.map_or_else(|| self.state.ids.issue("org"), str::to_owned);
        if !is_organization_id(&id) {
            return Err(Rejection::Invalid(format!(
                "an organization id has the form org_..., not {id:?}"
            )));
        }
        Store::put_organization(self.connection, &id, name)?;
        Ok(id)
    }

    fn owner(&self, id: Option<&str>) -> Result<String, Rejection> {
        self.organization(Some(id.unwrap_or(DEFAULT_ORGANIZATION)), None)
    }

    /// Adds two plans to every organization without plans.
    fn missing_plans(&self) -> Result<(), Rejection> {
        let organizations = Store::organizations_without_plans(self.connection)?;
        for organization_id in organizations {
            for (id, name) in DEFAULT_PLANS {
                let id = if organization_id == DEFAULT_ORGANIZATION {
                    id.to_owned()
                } else {
                    self.state.ids.issue("pln")
                };
                let organization_id = organization_id.clone();
                Plan { id, organization_id, name: name.to_owned() }.put(self.connection)?;
            }
        }
        Ok(())
    }

    fn group(&self, seed: &SeedGroup) -> Result<Value, Rejection> {
        let fields = json!({
            "name": seed.name,
            "external_reference_id": seed.external_reference_id,
        });
        let new = new_group(fields.to_string().as_bytes())
            .map_err(|violation| Rejection::Invalid(format!("groups: {}", violation.0)))?;
        let mut group = Group {
            id: seed.id.clone().unwrap_or_else(|| self.state.ids.issue("grp")),
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
            .map_err(|violation| Rejection::Invalid(format!("groups: {}", violation.0)))?;
        let results = reconcile(self.connection, &self.state.ids, self.settings, &group.id, &rows)?;
        Ok(json!({
            "id": group.id,
            "external_reference_id": group.external_reference_id,
            "results": results,
        }))
    }

    /// Groups with the reference IDs `seed-00001`, `seed-00002`, ...
    fn many_groups(&self, many: &ManyGroups) -> Result<(), Rejection> {
        let prefix = many.prefix.as_deref().unwrap_or("seed");
        let organization_id = self.owner(many.organization_id.as_deref())?;
        for number in 1..=many.count {
            let mut group = Group {
                id: self.state.ids.issue("grp"),
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

    fn insert(&self, group: &mut Group) -> Result<(), Rejection> {
        group.insert(self.connection).map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Rejection::Invalid(format!(
                "groups: the id or the external_reference_id {:?} is in use ({})",
                group.external_reference_id,
                StatusCode::CONFLICT
            )),
            _ => Rejection::Database(error),
        })
    }

    /// A person with a subscription under another organization.
    fn person(&self, seed: &SeedPerson) -> Result<(), Rejection> {
        let id = seed.organization_id.as_deref().unwrap_or(ANOTHER_ORGANIZATION);
        let holder = self.organization(Some(id), None)?;
        if seed.record.email.is_none() || seed.record.date_of_birth.is_empty() {
            return Err(Rejection::Invalid(
                "persons: email and date_of_birth are required, as they identify a person"
                    .to_owned(),
            ));
        }
        let id = self.state.ids.issue("mbr");
        Person::insert(self.connection, &id, seed.record.clone(), Some(&holder))?;
        Ok(())
    }
}
