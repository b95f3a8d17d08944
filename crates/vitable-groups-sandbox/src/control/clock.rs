//! Turning the sandbox's clock.

use serde::Deserialize;
use serde_json::{Value, json};

use super::Refusal;
use crate::api::{iso, read_time};
use crate::clock::Micros;
use crate::world::World;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Turn {
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

pub(super) fn value(world: &World) -> Value {
    let mode = if world.clock.is_manual() { "manual" } else { "real" };
    json!({ "mode": mode, "now": iso(world.clock.now()) })
}

/// Sets the mode, then the time, then turns it forward.
pub(super) fn turn(world: &World, body: &Value) -> Result<Value, Refusal> {
    let turn = Turn::deserialize(body).map_err(|error| Refusal::Invalid(error.to_string()))?;
    let now = match turn.now.as_deref() {
        None => None,
        Some(text) => Some(read_time(text).ok_or_else(|| {
            Refusal::Invalid("now: must be a time like 2026-01-15T10:30:00Z".to_owned())
        })?),
    };
    match turn.mode {
        Some(Mode::Real) if now.is_some() => {
            return Err(Refusal::Invalid("now: only a manual clock can be set".to_owned()));
        }
        Some(Mode::Real) => world.clock.resume(),
        Some(Mode::Manual) => world.clock.stop(now),
        None if now.is_some() => world.clock.stop(now),
        None => {}
    }
    let micros = Micros::try_from(turn.advance_ms).unwrap_or(Micros::MAX).saturating_mul(1_000);
    if micros > 0 {
        world.clock.advance(micros);
    }
    Ok(value(world))
}
