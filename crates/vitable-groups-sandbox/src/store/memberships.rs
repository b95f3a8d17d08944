//! Memberships: a person in a group, under a reference ID.

use rusqlite::{Connection, OptionalExtension as _, Result, params};

#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) id: String,
    pub(crate) group_id: String,
    pub(crate) reference_id: String,
    pub(crate) person: i64,
    pub(crate) plan_id: String,
    pub(crate) active: bool,
}

/// The group in which a person is currently subscribed.
#[derive(Debug)]
pub(crate) struct ActiveMembership {
    pub(crate) id: String,
    pub(crate) group_id: String,
    pub(crate) organization_id: String,
}

impl Membership {
    /// All memberships that a group has or had, oldest first.
    pub(crate) fn of_group(connection: &Connection, group_id: &str) -> Result<Vec<Self>> {
        connection
            .prepare_cached(
                "SELECT id, group_id, reference_id, person, plan_id, active FROM memberships
                 WHERE group_id = ?1 ORDER BY seq",
            )?
            .query_map([group_id], Self::read)?
            .collect()
    }

    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>> {
        connection
            .prepare_cached(
                "SELECT id, group_id, reference_id, person, plan_id, active FROM memberships
                 ORDER BY seq",
            )?
            .query_map([], Self::read)?
            .collect()
    }

    /// Starts a membership, or restarts it under its previous id.
    pub(crate) fn start(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO memberships (id, group_id, reference_id, person, plan_id, active)
                 VALUES (?1, ?2, ?3, ?4, ?5, 1)
                 ON CONFLICT (group_id, reference_id)
                 DO UPDATE SET person = excluded.person, plan_id = excluded.plan_id, active = 1",
            )?
            .execute(params![
                self.id,
                self.group_id,
                self.reference_id,
                self.person,
                self.plan_id
            ])?;
        Ok(())
    }

    pub(crate) fn end(connection: &Connection, id: &str) -> Result<()> {
        connection
            .prepare_cached("UPDATE memberships SET active = 0 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            group_id: row.get(1)?,
            reference_id: row.get(2)?,
            person: row.get(3)?,
            plan_id: row.get(4)?,
            active: row.get(5)?,
        })
    }
}

impl ActiveMembership {
    pub(crate) fn of_person(connection: &Connection, person: i64) -> Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT m.id, m.group_id, g.organization_id FROM memberships m
                 JOIN groups g ON g.id = m.group_id WHERE m.person = ?1 AND m.active = 1 LIMIT 1",
            )?
            .query_row([person], |row| {
                Ok(Self { id: row.get(0)?, group_id: row.get(1)?, organization_id: row.get(2)? })
            })
            .optional()
    }
}
