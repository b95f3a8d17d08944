//! Unknown fields of a model.

use std::fmt;

use indexmap::{IndexMap, map};
use serde_json::Value;

/// Fields unknown to this version, in their original order.
///
/// They may hold anything, so their values print as `***`. Objects inside them are ordered as
/// [`serde_json`] orders them: by key, or as they came if its feature `preserve_order` is on.
///
/// ```
/// use vitable_groups::model::Plan;
///
/// let plan: Plan = serde_json::from_str(r#"{"id": "pln_1", "name": "Basic", "tier": 2}"#)?;
/// assert_eq!(plan.extra.get("tier"), Some(&2.into()));
/// assert_eq!(serde_json::to_string(&plan)?, r#"{"id":"pln_1","name":"Basic","tier":2}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Extra(Option<Box<IndexMap<String, Value>>>);

impl Extra {
    /// The value of an unknown field.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.as_ref()?.get(key)
    }

    /// Sets a field.
    pub fn insert(&mut self, key: impl Into<String>, value: Value) {
        self.0.get_or_insert_default().insert(key.into(), value);
    }

    /// Whether there are no unknown fields.
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|map| map.is_empty())
    }

    /// The number of unknown fields.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |map| map.len())
    }

    /// Iterates over the fields.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.0.as_ref().map(|map| map.iter()))
    }
}

/// Iterator over unknown fields.
///
/// ```
/// use vitable_groups::model::Extra;
///
/// let extra: Extra = [("tier", 2.into())].into_iter().collect();
/// assert_eq!(extra.iter().count(), 1);
/// ```
pub struct Iter<'a>(Option<map::Iter<'a, String, Value>>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a String, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.as_mut()?.next()
    }
}

impl<'a> IntoIterator for &'a Extra {
    type Item = (&'a String, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for Extra {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(fields: I) -> Self {
        let mut extra = Self::default();
        for (key, value) in fields {
            extra.insert(key, value);
        }
        extra
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, _)| (key, format_args!("***")))).finish()
    }
}
