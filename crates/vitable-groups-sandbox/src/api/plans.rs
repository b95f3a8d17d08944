//! `plans.list`.

use http::StatusCode;

use super::groups::offset;
use super::{ApiResponse, Context, Problem};
use crate::check::paging;
use crate::store::Plan;

pub(super) fn list(context: &Context<'_>) -> Result<ApiResponse, Problem> {
    let paging = paging(&context.call.query)?;
    let store = context.state.store();
    let total = Plan::count(store.read(), &context.organization_id)?;
    let limit = i64::try_from(paging.limit).unwrap_or(100);
    let offset = offset(paging.page, paging.limit);
    let plans = Plan::page(store.read(), &context.organization_id, limit, offset)?;
    let present = context.present();
    let data = plans.iter().map(|plan| present.plan(plan)).collect();
    Ok(ApiResponse::json(StatusCode::OK, &present.page(data, paging.page, paging.limit, total)))
}
