//! The store: one SQLite database, in memory or in a file.
//!
//! In a file, every commit is synced to disk before the response is sent (WAL, `synchronous =
//! FULL`), so acknowledged changes survive the process.

mod groups;
mod memberships;
mod organizations;
mod persons;
mod plans;
mod syncs;

pub(crate) use groups::{Group, GroupPage};
pub(crate) use memberships::{ActiveMembership, Membership};
pub(crate) use organizations::{Access, DEFAULT_ORGANIZATION, KeyKind};
pub(crate) use persons::{Person, Record};
pub(crate) use plans::Plan;
pub(crate) use syncs::{Failure, PendingSync, Results, Sync};

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
}

impl Store {
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Self> {
        let connection = match path {
            Some(path) => Connection::open(path)?,
            None => Connection::open_in_memory()?,
        };
        connection.busy_timeout(Duration::from_secs(1))?;
        connection.set_prepared_statement_cache_capacity(64);
        if path.is_some() {
            // Exclusive: two sandboxes must not share a file.
            connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
        }
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.execute_batch(include_str!("schema.sql"))?;
        Ok(Self { connection })
    }

    pub(crate) fn read(&self) -> &Connection {
        &self.connection
    }

    /// Runs a change in one transaction, which is rolled back on an error.
    pub(crate) fn write<T, E: From<rusqlite::Error>>(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = change(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Deletes all data.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<()> {
        self.write(|transaction| {
            transaction.execute_batch(
                "DELETE FROM syncs; DELETE FROM memberships; DELETE FROM persons;
                 DELETE FROM groups; DELETE FROM plans; DELETE FROM keys;
                 DELETE FROM organizations;",
            )
        })
    }
}
