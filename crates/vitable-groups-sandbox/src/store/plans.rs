//! Benefit plans of an organization.

use std::collections::HashSet;

use rusqlite::{Connection, Result, params};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
}

impl Plan {
    pub(crate) fn put(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO plans (id, organization_id, name) VALUES (?1, ?2, ?3)
                 ON CONFLICT (organization_id, id) DO UPDATE SET name = excluded.name",
            )?
            .execute(params![self.id, self.organization_id, self.name])?;
        Ok(())
    }

    pub(crate) fn remove(connection: &Connection, id: &str) -> Result<bool> {
        Ok(connection.execute("DELETE FROM plans WHERE id = ?1", [id])? > 0)
    }

    pub(crate) fn count(connection: &Connection, organization: &str) -> Result<u64> {
        connection
            .prepare_cached("SELECT count(*) FROM plans WHERE organization_id = ?1")?
            .query_row([organization], |row| row.get(0))
    }

    pub(crate) fn page(
        connection: &Connection,
        organization: &str,
        limit: i64,
        offset: i64,
    ) -> Result<Vec<Self>> {
        connection
            .prepare_cached(
                "SELECT id, organization_id, name FROM plans WHERE organization_id = ?1
                 ORDER BY seq LIMIT ?2 OFFSET ?3",
            )?
            .query_map(params![organization, limit, offset], Self::read)?
            .collect()
    }

    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>> {
        connection
            .prepare_cached("SELECT id, organization_id, name FROM plans ORDER BY seq")?
            .query_map([], Self::read)?
            .collect()
    }

    pub(crate) fn ids(connection: &Connection, organization: &str) -> Result<HashSet<String>> {
        connection
            .prepare_cached("SELECT id FROM plans WHERE organization_id = ?1")?
            .query_map([organization], |row| row.get(0))?
            .collect()
    }

    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        Ok(Self { id: row.get(0)?, organization_id: row.get(1)?, name: row.get(2)? })
    }
}
