//! Tri-state fields, and fields unknown to this version.

use std::collections::HashMap;
use std::fmt;

use vitable_groups::model as core;

use crate::error::NativeError;

/// A string field that can be absent, null, or a value; the API treats the three differently. Values
/// print as `***`.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display, Debug)]
pub enum Field {
    /// Left out: the server keeps its value.
    Absent,
    /// Null: the server clears its value.
    Null,
    /// A value.
    Value {
        /// The string.
        value: String,
    },
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Null => "null",
            Self::Value { .. } => "***",
        })
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<T: Into<String>> From<core::Field<T>> for Field {
    fn from(field: core::Field<T>) -> Self {
        match field {
            core::Field::Absent => Self::Absent,
            core::Field::Null => Self::Null,
            core::Field::Value(value) => Self::Value { value: value.into() },
        }
    }
}

impl From<Field> for core::Field<String> {
    fn from(field: Field) -> Self {
        match field {
            Field::Absent => Self::Absent,
            Field::Null => Self::Null,
            Field::Value { value } => Self::Value(value),
        }
    }
}

/// Fields unknown to this version, as JSON, and the names of known fields that were null. Values may
/// be sensitive, so only names are printed.
#[derive(Clone, Default, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Display, Debug)]
pub struct Extra {
    /// JSON values by field name.
    #[uniffi(default)]
    pub fields: HashMap<String, String>,
    /// Known fields that were null; other fields without a value were absent.
    #[uniffi(default)]
    pub nulls: Vec<String>,
}

impl fmt::Display for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<_> = self.fields.keys().collect();
        names.sort();
        write!(f, "Extra({names:?})")
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<core::Extra> for Extra {
    fn from(extra: core::Extra) -> Self {
        let fields = extra.iter().map(|(name, value)| (name.clone(), value.to_string()));
        Self { fields: fields.collect(), nulls: Vec::new() }
    }
}

impl Extra {
    /// Records which of the known fields were null.
    pub(crate) fn with_nulls<const N: usize>(mut self, known: [(&str, bool); N]) -> Self {
        let nulls = known.into_iter().filter(|(_, is_null)| *is_null);
        self.nulls = nulls.map(|(name, _)| name.to_owned()).collect();
        self
    }

    pub(crate) fn into_core(self) -> Result<core::Extra, NativeError> {
        let mut extra = core::Extra::default();
        for (name, text) in crate::options::sorted(self.fields) {
            let value = serde_json::from_str(&text).map_err(|_| {
                NativeError::invalid(format!("extra field `{name}` is not valid JSON"))
            })?;
            extra.insert(name, value);
        }
        Ok(extra)
    }
}
