//! Sync requests: queued, then completed, never deleted.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde::{Deserialize, Serialize};

use crate::check::Row;
use crate::clock::Micros;
use crate::settings::SyncDelay;

#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub(crate) struct Results {
    pub(crate) added_group_member_ids: Vec<String>,
    pub(crate) removed_group_member_ids: Vec<String>,
    pub(crate) failures: Vec<Failure>,
}

#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub(crate) struct Failure {
    pub(crate) reference_id: String,
    pub(crate) operation: String,
    pub(crate) reason: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Sync {
    pub(crate) id: String,
    pub(crate) group_id: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) accepted_at: Micros,
    pub(crate) due_at: Option<Micros>,
    pub(crate) completed_at: Option<Micros>,
    pub(crate) results: Option<Results>,
}

/// A request that is due.
#[derive(Debug)]
pub(crate) struct PendingSync {
    pub(crate) seq: i64,
    pub(crate) group_id: String,
    pub(crate) due_at: Micros,
    pub(crate) rows: Vec<Row>,
}

const COLUMNS: &str = "id, group_id, accepted_at, due_at, completed_at, results, idempotency_key";

impl Sync {
    /// Queues a roster after the pending requests of its group.
    pub(crate) fn queue(
        connection: &Connection,
        (id, group_id, idempotency_key): (&str, &str, Option<&str>),
        rows: &[Row],
        accepted_at: Micros,
        delay: SyncDelay,
    ) -> Result<()> {
        let text = serde_json::to_string(rows)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        let before: Option<Option<Micros>> = connection
            .prepare_cached(
                "SELECT due_at FROM syncs WHERE group_id = ?1 AND completed_at IS NULL
                 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row([group_id], |row| row.get(0))
            .optional()?;
        let start = match before {
            None => Some(accepted_at),
            Some(due) => due.map(|due| due.max(accepted_at)),
        };
        connection
            .prepare_cached(
                "INSERT INTO syncs (id, group_id, idempotency_key, accepted_at, due_at, rows)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                id,
                group_id,
                idempotency_key,
                accepted_at,
                due(start, delay),
                text
            ])?;
        Ok(())
    }

    pub(crate) fn find(connection: &Connection, group_id: &str, id: &str) -> Result<Option<Self>> {
        connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM syncs WHERE id = ?1 AND group_id = ?2"
            ))?
            .query_row([id, group_id], Self::read)
            .optional()
    }

    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>> {
        connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM syncs ORDER BY seq"))?
            .query_map([], Self::read)?
            .collect()
    }

    /// Whether a group has a request in progress.
    pub(crate) fn in_progress(connection: &Connection, group_id: &str) -> Result<bool> {
        connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM syncs WHERE group_id = ?1 AND completed_at IS NULL)",
            )?
            .query_row([group_id], |row| row.get(0))
    }

    pub(crate) fn complete(
        connection: &Connection,
        seq: i64,
        completed_at: Micros,
        results: &Results,
    ) -> Result<()> {
        let text = serde_json::to_string(results)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        connection
            .prepare_cached(
                "UPDATE syncs SET completed_at = ?2, results = ?3, rows = NULL WHERE seq = ?1",
            )?
            .execute(params![seq, completed_at, text])?;
        Ok(())
    }

    /// Makes all pending requests due.
    pub(crate) fn make_due(connection: &Connection, now: Micros) -> Result<()> {
        connection
            .execute("UPDATE syncs SET due_at = ?1 WHERE completed_at IS NULL", [now])
            .map(drop)
    }

    /// Reschedules all pending requests, one after another within each group.
    pub(crate) fn reschedule(connection: &Connection, now: Micros, delay: SyncDelay) -> Result<()> {
        let waiting: Vec<(i64, String, Micros)> = connection
            .prepare_cached(
                "SELECT seq, group_id, accepted_at FROM syncs WHERE completed_at IS NULL
                 ORDER BY group_id, seq",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_>>()?;
        let mut update =
            connection.prepare_cached("UPDATE syncs SET due_at = ?2 WHERE seq = ?1")?;
        let mut before: Option<(&str, Option<Micros>)> = None;
        for (seq, group, accepted_at) in &waiting {
            let start = match before {
                Some((same, end)) if same == group => end.map(|end| end.max(*accepted_at)),
                _ => Some(*accepted_at),
            };
            let end = due(start, delay).map(|end| end.max(now));
            update.execute(params![seq, end])?;
            before = Some((group, end));
        }
        Ok(())
    }

    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        let results: Option<String> = row.get(5)?;
        Ok(Self {
            id: row.get(0)?,
            group_id: row.get(1)?,
            idempotency_key: row.get(6)?,
            accepted_at: row.get(2)?,
            due_at: row.get(3)?,
            completed_at: row.get(4)?,
            results: results
                .map(|text| serde_json::from_str(&text).map_err(|error| unreadable(5, error)))
                .transpose()?,
        })
    }
}

impl PendingSync {
    /// The next due request, by due time, then acceptance.
    pub(crate) fn next(connection: &Connection, now: Micros) -> Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT seq, group_id, due_at, rows FROM syncs
                 WHERE completed_at IS NULL AND due_at <= ?1 ORDER BY due_at, seq LIMIT 1",
            )?
            .query_row([now], |row| {
                let rows: String = row.get(3)?;
                Ok(Self {
                    seq: row.get(0)?,
                    group_id: row.get(1)?,
                    due_at: row.get(2)?,
                    rows: serde_json::from_str(&rows).map_err(|error| unreadable(3, error))?,
                })
            })
            .optional()
    }
}

fn due(start: Option<Micros>, delay: SyncDelay) -> Option<Micros> {
    match delay {
        SyncDelay::Never => None,
        SyncDelay::After(millis) => {
            let micros = Micros::try_from(millis).unwrap_or(Micros::MAX).saturating_mul(1_000);
            start.map(|start| start.saturating_add(micros))
        }
    }
}

/// A stored JSON text that cannot be decoded: another program wrote the file.
pub(super) fn unreadable(column: usize, error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}
