//! Persons: the accounts behind memberships.

use rusqlite::{Connection, OptionalExtension as _, Result, params};
use serde::{Deserialize, Serialize};

use crate::check::Row;

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) seq: i64,
    pub(crate) id: String,
    pub(crate) record: Record,
    pub(crate) held_by: Option<String>,
}

/// The data of a person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) date_of_birth: String,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) address: Address,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the API's names")]
pub(crate) struct Address {
    pub(crate) address_line_1: String,
    pub(crate) address_line_2: Option<String>,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) zipcode: String,
}

impl Record {
    /// Applies the fields of a row; absent fields are kept.
    pub(crate) fn apply(&mut self, row: &Row) {
        self.first_name.clone_from(&row.first_name);
        self.last_name.clone_from(&row.last_name);
        self.date_of_birth.clone_from(&row.date_of_birth);
        row.phone.apply(&mut self.phone);
        row.email.apply(&mut self.email);
        self.address.address_line_1.clone_from(&row.address.address_line_1);
        row.address.address_line_2.apply(&mut self.address.address_line_2);
        self.address.city.clone_from(&row.address.city);
        self.address.state.clone_from(&row.address.state);
        self.address.zipcode.clone_from(&row.address.zipcode);
    }

    /// Email addresses are compared case-insensitively.
    fn email_key(&self) -> Option<String> {
        self.email.as_deref().map(str::to_lowercase)
    }
}

impl Person {
    pub(crate) fn insert(
        connection: &Connection,
        id: &str,
        record: Record,
        held_by: Option<&str>,
    ) -> Result<Self> {
        connection
            .prepare_cached(
                "INSERT INTO persons (id, email_key, date_of_birth, record, held_by)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                id,
                record.email_key(),
                record.date_of_birth,
                json(&record)?,
                held_by
            ])?;
        let seq = connection.last_insert_rowid();
        Ok(Self { seq, id: id.to_owned(), record, held_by: held_by.map(str::to_owned) })
    }

    pub(crate) fn save(&self, connection: &Connection) -> Result<()> {
        connection
            .prepare_cached(
                "UPDATE persons SET email_key = ?2, date_of_birth = ?3, record = ?4 WHERE seq = ?1",
            )?
            .execute(params![
                self.seq,
                self.record.email_key(),
                self.record.date_of_birth,
                json(&self.record)?
            ])?;
        Ok(())
    }

    pub(crate) fn all(connection: &Connection) -> Result<Vec<Self>> {
        connection
            .prepare_cached("SELECT seq, id, record, held_by FROM persons ORDER BY seq")?
            .query_map([], Self::read)?
            .collect()
    }

    pub(crate) fn get(connection: &Connection, seq: i64) -> Result<Self> {
        connection
            .prepare_cached("SELECT seq, id, record, held_by FROM persons WHERE seq = ?1")?
            .query_row([seq], Self::read)
    }

    /// The person with this email address and date of birth.
    pub(crate) fn find_by_contact(
        connection: &Connection,
        email: &str,
        date_of_birth: &str,
    ) -> Result<Option<Self>> {
        connection
            .prepare_cached(
                "SELECT seq, id, record, held_by FROM persons
                 WHERE email_key = ?1 AND date_of_birth = ?2 ORDER BY seq LIMIT 1",
            )?
            .query_row([&email.to_lowercase(), date_of_birth], Self::read)
            .optional()
    }

    fn read(row: &rusqlite::Row<'_>) -> Result<Self> {
        let text: String = row.get(2)?;
        let record =
            serde_json::from_str(&text).map_err(|error| super::syncs::unreadable(2, error))?;
        Ok(Self { seq: row.get(0)?, id: row.get(1)?, record, held_by: row.get(3)? })
    }
}

fn json(record: &Record) -> Result<String> {
    serde_json::to_string(record)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
