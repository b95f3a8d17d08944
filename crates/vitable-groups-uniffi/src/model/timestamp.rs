//! Timestamps as the hosts' own date types.

use std::time::SystemTime;

use vitable_groups::model as core;

/// The time of a field; none if it is absent, null, or not a valid timestamp.
pub(crate) fn time(field: core::Field<core::Timestamp>) -> Option<SystemTime> {
    field.into_value().and_then(|text| text.instant()).map(SystemTime::from)
}
