//! `groups.members.sync.submit` and `retrieve`.

use http::StatusCode;
use serde_json::json;

use super::{ApiResponse, Code, Context, Problem, groups};
use crate::check::roster;
use crate::clock::today;
use crate::settings::ConcurrentSync;
use crate::store::Sync;

pub(super) fn submit(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let group = groups::find(context.state.store().read(), context)?;
    let rows = roster(&context.call.body, today(context.now))?;
    let id = context.state.ids.issue("grpmsr");
    let mut store = context.state.after_due_syncs(context.now)?;
    store.write(|connection| {
        if context.settings.concurrent_sync == ConcurrentSync::Conflict
            && Sync::in_progress(connection, &group.id)?
        {
            return Err(Problem::new(
                Code::Conflict,
                "A member sync of this group is in progress; retry once it is completed.",
            ));
        }
        let delay = context.settings.sync_delay_ms;
        let ids = (id.as_str(), group.id.as_str(), context.call.idempotency_key.as_deref());
        Sync::queue(connection, ids, &rows, context.now, delay).map_err(Problem::from)
    })?;
    let receipt = context.present().receipt(&id, &group.id, context.now);
    Ok(ApiResponse::json(StatusCode::ACCEPTED, &json!({ "data": receipt })))
}

pub(super) fn retrieve(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let store = context.state.after_due_syncs(context.now)?;
    let group = groups::find(store.read(), context)?;
    let sync = Sync::find(store.read(), &group.id, context.param(1))?
        .ok_or_else(|| Problem::new(Code::NotFound, "Sync request not found"))?;
    Ok(ApiResponse::json(StatusCode::OK, &json!({ "data": context.present().sync(&sync) })))
}
