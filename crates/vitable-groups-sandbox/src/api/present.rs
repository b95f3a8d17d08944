//! Serializes stored values for responses.

use serde_json::{Map, Value, json};

use crate::clock::{Micros, timestamp};
use crate::settings::{Offset, Settings};
use crate::store::{Group, Plan, Sync};

/// Serializes values in the format that the settings specify.
pub(super) struct Present<'a>(pub(super) &'a Settings);

impl Present<'_> {
    pub(super) fn time(&self, at: Micros) -> String {
        let at = timestamp(at);
        let text = if self.0.timestamp_fraction {
            at.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
        } else {
            at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
        };
        match self.0.timestamp_offset {
            Offset::Z => text + "Z",
            Offset::Zero => text + "+00:00",
        }
    }

    pub(super) fn group(&self, group: &Group) -> Value {
        let time = |at| if self.0.null_timestamps { Value::Null } else { self.time(at).into() };
        self.finish(json!({
            "id": group.id,
            "organization_id": group.organization_id,
            "name": group.name,
            "external_reference_id": group.external_reference_id,
            "created_at": time(group.created_at),
            "updated_at": time(group.updated_at),
        }))
    }

    pub(super) fn plan(&self, plan: &Plan) -> Value {
        self.finish(json!({ "id": plan.id, "name": plan.name }))
    }

    pub(super) fn receipt(&self, id: &str, group_id: &str, accepted_at: Micros) -> Value {
        json!({
            "request_id": id,
            "group_id": group_id,
            "accepted_at": self.time(accepted_at),
        })
    }

    pub(super) fn sync(&self, sync: &Sync) -> Value {
        self.finish(json!({
            "request_id": sync.id,
            "group_id": sync.group_id,
            "accepted_at": self.time(sync.accepted_at),
            "completed_at": sync.completed_at.map(|at| self.time(at)),
            "results": sync.results,
        }))
    }

    /// A page of a list, with its pagination.
    pub(super) fn page(&self, data: Vec<Value>, page: u64, limit: u64, total: u64) -> Value {
        let mut body = Map::new();
        body.insert("data".to_owned(), Value::Array(data));
        if !self.0.omit_pagination {
            body.insert(
                "pagination".to_owned(),
                json!({
                    "page": page,
                    "limit": limit,
                    "total": total,
                    "total_pages": total.div_ceil(limit.max(1)),
                }),
            );
        }
        Value::Object(body)
    }

    fn finish(&self, mut value: Value) -> Value {
        if self.0.omit_null_keys
            && let Value::Object(object) = &mut value
        {
            object.retain(|_, value| !value.is_null());
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::read_time;

    #[test]
    fn times_are_written_in_every_format() {
        let at = read_time("2026-01-15T10:30:00.5Z").unwrap();
        for (timestamp_offset, timestamp_fraction, want) in [
            (Offset::Z, false, "2026-01-15T10:30:00Z"),
            (Offset::Zero, false, "2026-01-15T10:30:00+00:00"),
            (Offset::Z, true, "2026-01-15T10:30:00.500000Z"),
            (Offset::Zero, true, "2026-01-15T10:30:00.500000+00:00"),
        ] {
            let settings = Settings { timestamp_offset, timestamp_fraction, ..Settings::default() };
            assert_eq!(Present(&settings).time(at), want);
        }
        assert_eq!(read_time("yesterday"), None);
    }

    #[test]
    fn a_page_counts_its_pages() {
        let settings = Settings::default();
        for (limit, total, want) in [(20, 0, 0), (20, 1, 1), (20, 20, 1), (20, 21, 2), (1, 3, 3)] {
            let page = Present(&settings).page(vec![], 1, limit, total);
            assert_eq!(page["pagination"]["total_pages"], want, "{total} by {limit}");
        }
        let without = Settings { omit_pagination: true, ..Settings::default() };
        assert_eq!(Present(&without).page(vec![], 1, 20, 0), json!({"data": []}));
    }
}
