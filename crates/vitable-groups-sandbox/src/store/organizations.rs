//! Organizations and their keys.

use rusqlite::{Connection, Result, params};
use serde::{Deserialize, Serialize};

/// The organization of callers without another one.
pub(crate) const DEFAULT_ORGANIZATION: &str = "org_PyschJpXTw6LHWwuWn2fEA";

/// What a token is bound to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyKind {
    #[default]
    Organization,
    Employer,
    Employee,
}

impl KeyKind {
    fn name(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Employer => "employer",
            Self::Employee => "employee",
        }
    }

    fn from_name(name: &str) -> Self {
        match name {
            "employer" => Self::Employer,
            "employee" => Self::Employee,
            _ => Self::Organization,
        }
    }
}

/// One organization that a token gives access to.
#[derive(Debug, PartialEq)]
pub(crate) struct Access {
    pub(crate) organization_id: String,
    pub(crate) kind: KeyKind,
}

impl Access {
    pub(crate) fn of(connection: &Connection, token: &str) -> Result<Vec<Self>> {
        connection
            .prepare_cached("SELECT organization_id, kind FROM keys WHERE token = ?1")?
            .query_map([token], |row| {
                Ok(Self {
                    organization_id: row.get(0)?,
                    kind: KeyKind::from_name(&row.get::<_, String>(1)?),
                })
            })?
            .collect()
    }

    /// Whether any key exists.
    pub(crate) fn any(connection: &Connection) -> Result<bool> {
        connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM keys)")?
            .query_row([], |row| row.get(0))
    }

    pub(crate) fn grant(
        connection: &Connection,
        token: &str,
        organization_id: &str,
        kind: KeyKind,
    ) -> Result<()> {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO keys (token, organization_id, kind) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![token, organization_id, kind.name()])?;
        Ok(())
    }
}

impl super::Store {
    /// All organizations, as pairs of id and name.
    pub(crate) fn organizations(&self) -> Result<Vec<(String, String)>> {
        self.read()
            .prepare_cached("SELECT id, name FROM organizations ORDER BY id")?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect()
    }

    /// Adds an organization; if it exists, updates its name if one is given.
    pub(crate) fn put_organization(
        connection: &Connection,
        id: &str,
        name: Option<&str>,
    ) -> Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO organizations (id, name) VALUES (?1, ifnull(?2, ?1))
                 ON CONFLICT (id) DO UPDATE SET name = ifnull(?2, name)",
            )?
            .execute(params![id, name])?;
        Ok(())
    }

    pub(crate) fn organizations_without_plans(connection: &Connection) -> Result<Vec<String>> {
        connection
            .prepare_cached(
                "SELECT id FROM organizations
                 WHERE id NOT IN (SELECT organization_id FROM plans) ORDER BY id",
            )?
            .query_map([], |row| row.get(0))?
            .collect()
    }
}
