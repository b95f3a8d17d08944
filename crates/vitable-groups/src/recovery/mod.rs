//! Runs calls with a lookup after a lost create, and finds groups by reference ID.

mod origin;

use std::ops::ControlFlow;

use futures_util::TryStreamExt as _;
use http::HeaderMap;

use self::origin::{Origin, origin};
use crate::call::{Call, RawResponse, RequestOptions, Response};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::pagination::page::List;
use crate::pipeline::{
    AttemptsResult, BodyMode, CompletedCall, LookupResult, PendingLookup, RunningCall, traced,
};
use crate::time::Deadline;
use crate::transport::TransportBody;
use crate::{operation, retry};
use vitable_groups_model::{Envelope, Group};

/// The maximum number of items per page.
const MAX_LIMIT: u32 = 100;

/// Pages through the groups for a reference ID; the API has no dependable filter.
pub(crate) async fn find_group(
    context: &Context,
    reference_id: &str,
    options: RequestOptions,
    deadline: Deadline,
) -> Result<Option<Group>, Error> {
    Ok(find(context, reference_id, options, deadline).await?.map(|(group, _)| group))
}

/// The group, and the response headers of its page.
async fn find(
    context: &Context,
    reference_id: &str,
    options: RequestOptions,
    deadline: Deadline,
) -> Result<Option<(Group, HeaderMap)>, Error> {
    let list = List::<Group>::new(context.clone(), &operation::GROUPS_LIST);
    let mut pages = list.limit(MAX_LIMIT).options(options.until(deadline)).pages();
    while let Some(page) = pages.try_next().await? {
        let mut groups = page.items.into_iter();
        if let Some(group) = groups.find(|group| group.external_reference_id == reference_id) {
            return Ok(Some((group, page.metadata.headers)));
        }
    }
    Ok(None)
}

/// Runs a call and reads the response body.
pub(crate) async fn run(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<RawResponse, Error> {
    let completed =
        traced(call, Box::pin(run_with_lookup(context, call, deadline, BodyMode::Buffered)))
            .await?;
    Ok(completed.buffered(context, call))
}

/// Runs a call until the headers of a success response have arrived, and leaves the body to the
/// caller.
pub(crate) async fn open(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<Response<TransportBody>, Error> {
    let completed =
        traced(call, Box::pin(run_with_lookup(context, call, deadline, BodyMode::Streamed)))
            .await?;
    Ok(completed.streamed(context, call, deadline))
}

async fn run_with_lookup(
    context: &Context,
    call: &Call,
    deadline: Deadline,
    body_mode: BodyMode,
) -> Result<CompletedCall, Error> {
    let mut running = RunningCall::start(context, call, deadline, body_mode)?;
    loop {
        match running.run_attempts().await? {
            AttemptsResult::Completed(completed) => return Ok(completed),
            AttemptsResult::NeedsLookup(pending) => {
                // Rare and large, so boxed to keep every call's future small.
                let result = Box::pin(look_up_created(&pending)).await;
                match pending.resume(result) {
                    ControlFlow::Continue(resumed) => running = resumed,
                    ControlFlow::Break(result) => return result,
                }
            }
        }
    }
}

/// Looks up the group of a `create` whose response was lost.
async fn look_up_created(pending: &PendingLookup<'_>) -> Result<LookupResult, Error> {
    let (context, call) = (pending.context(), pending.call());
    let reference_id = call
        .body_text("external_reference_id")
        .filter(|_| call.name == operation::GROUPS_CREATE.name);
    let Some(reference_id) = reference_id else {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "the body has no external_reference_id to look up",
        ));
    };
    let options = RequestOptions {
        timeout: call.options.timeout,
        connect_timeout: call.options.connect_timeout,
        max_retries: call.options.max_retries,
        headers: call.options.headers.clone(),
        organization: call.options.organization.clone(),
        ..RequestOptions::default()
    };
    let found = find(context, &reference_id, options, pending.deadline()).await?;
    let Some((group, headers)) = found else { return Ok(LookupResult::NotFound) };
    let clock = context.clock();
    let mut started = pending.started();
    started.set_server_time(clock, retry::date(&headers));
    let name = call.body_text("name");
    Ok(match origin(&group, name.as_deref(), started.time(clock)) {
        Origin::EarlierCall => LookupResult::Preexisting,
        Origin::Unclear => LookupResult::Unclear,
        Origin::ThisCall => {
            let body = serde_json::to_vec(&Envelope { data: group }).map_err(|error| {
                Error::new(ErrorKind::Internal, "a group cannot be serialized").with_source(error)
            })?;
            LookupResult::Created(body.into())
        }
    })
}
