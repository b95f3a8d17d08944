//! Controls the sandbox's clock.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Rejection;
use crate::clock::{Micros, iso, read_time};
use crate::server_state::ServerState;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ClockChange {
    mode: Option<Mode>,
    now: Option<String>,
    advance_ms: u64,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Manual,
    Real,
}

pub(super) fn value(state: &ServerState) -> Value {
    let mode = if state.clock.is_manual() { "manual" } else { "real" };
    json!({ "mode": mode, "now": iso(state.clock.now()) })
}

/// Sets the mode, then the time, then advances the clock.
pub(super) fn change(state: &ServerState, body: &Value) -> Result<Value, Rejection> {
    let change =
        ClockChange::deserialize(body).map_err(|error| Rejection::Invalid(error.to_string()))?;
    let now = match change.now.as_deref() {
        None => None,
        Some(text) => Some(read_time(text).ok_or_else(|| {
            Rejection::Invalid("now: must be a time like 2026-01-15T10:30:00Z".to_owned())
        })?),
    };
    match change.mode {
        Some(Mode::Real) if now.is_some() => {
            return Err(Rejection::Invalid("now: only a manual clock can be set".to_owned()));
        }
        Some(Mode::Real) => state.clock.resume(),
        Some(Mode::Manual) => state.clock.stop(now),
        None if now.is_some() => state.clock.stop(now),
        None => {}
    }
    let micros = Micros::try_from(change.advance_ms).unwrap_or(Micros::MAX).saturating_mul(1_000);
    if micros > 0 {
        state.clock.advance(micros);
    }
    Ok(value(state))
}
