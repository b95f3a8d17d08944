//! Groups.

use rusqlite::{Connection, OptionalExtension as _, Result, params};

use crate::clock::Micros;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) id: String,
    pub(crate) organization_id: String,
    pub(crate) name: String,
    pub(crate) external_reference_id: String,
    pub(crate) created_at: Micros,
    pub(crate) updated_at: Micros,
}

/// The groups that a list request selects.
#[derive(Debug)]
pub(crate) struct GroupPage<'a> {
    pub(crate) organization_id: &'a str,
    pub(crate) external_reference_id: Option<&'a str>,
    pub(crate) limit: i64,
    pub(crate) offset: i64,
}

const COLUMNS: &str = "id, organization_id, name, external_reference_id, created_at, updated_at";

impl Group {
    /// Stores a new group. Its creation time is later than that of every other group, so lists keep
    /// the order of creation even while the clock is stopped.
    pub(crate) fn insert(&mut self, connection: &Connection) -> Result<()> {
        let last: Option<Micros> = connection
            .prepare_cached("SELECT created_at FROM groups ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        if let Some(last) = last
            && self.created_at <= last
        {
            self.created_at = last.saturating_add(1);
            self.updated_at = self.updated_at.max(self.created_at);
        }
        connection
            .prepare_cached(
                "INSERT INTO groups (id, organization_id, name, external_reference_id, created_at,
                 updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                self.id,
                self.organization_id,
                self.name,
                self.external_reference_id,
                self.created_at,
                self.updated_at
            ])?;
        Ok(())
    }

    pub(crate) fn save(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached(
                "UPDATE groups SET name = ?2, external_reference_id = ?3, updated_at = ?4
                 WHERE id = ?1",
            )?
            .execute(params![self.id, self.name, self.external_reference_id, self.updated_at])?;
        Ok(())
    }

    pub(crate) fn find(
        connection: &Connection,
        organization_id: &str,
        id: &str,
    ) -> Result<Option<Self>> {
        connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM groups WHERE organization_id = ?1 AND id = ?2"
            ))?
            .query_row([organization_id, id], Self::read)
            .optional()
    }

    pub(crate) fn find_by_reference(
        connection: &Connection,
        organization_id: &str,
        reference: &str,
    ) -> Result<Option<Self>> {
        connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM groups
                 WHERE organization_id = ?1 AND external_reference_id = ?2"
            ))?
            .query_row([organization_id, reference], Self::read)
            .optional()
    }

    /// The organization that owns a group.
    pub(crate) fn organization_of(connection: &Connection, id: &str) -> Result<Option<String>> {
        connection
            .prepare_cached("SELECT organization_id FROM groups WHERE id = ?1")?
            .query_row([id], |row| row.get(0))
            .optional()
    }

    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>> {
        connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM groups ORDER BY seq"))?
            .query_map([], Self::read)?
            .collect()
    }

    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            organization_id: row.get(1)?,
            name: row.get(2)?,
            external_reference_id: row.get(3)?,
            created_at: row.get(4)?,
            updated_at: row.get(5)?,
        })
    }
}

impl GroupPage<'_> {
    pub(crate) fn total(&self, connection: &Connection) -> Result<u64> {
        connection
            .prepare_cached(
                "SELECT count(*) FROM groups WHERE organization_id = ?1
                 AND (?2 IS NULL OR external_reference_id = ?2)",
            )?
            .query_row(params![self.organization_id, self.external_reference_id], |row| row.get(0))
    }

    /// Ordered by creation time, then id.
    pub(crate) fn groups(&self, connection: &Connection) -> Result<Vec<Group>> {
        connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM groups WHERE organization_id = ?1
                 AND (?2 IS NULL OR external_reference_id = ?2)
                 ORDER BY created_at, id LIMIT ?3 OFFSET ?4"
            ))?
            .query_map(
                params![self.organization_id, self.external_reference_id, self.limit, self.offset],
                Group::read,
            )?
            .collect()
    }
}
