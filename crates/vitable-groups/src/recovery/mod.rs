//! A call to its end, with a lookup where its write may have been done; and finding a group by its
//! reference, which lookups are made of.

mod origin;

use std::ops::ControlFlow;

use futures_util::TryStreamExt as _;
use http::HeaderMap;

use self::origin::{Origin, origin};
use crate::call::{Call, RawResponse, RequestOptions, Response};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::pagination::page::List;
use crate::pipeline::{Done, LookedUp, Lost, Reading, Running, Turn, traced};
use crate::time::Deadline;
use crate::transport::TransportBody;
use crate::{operation, retry};
use vitable_groups_model::{Envelope, Group};

/// The most items a page can have.
const MAX_LIMIT: u32 = 100;

/// Pages through the groups for a reference ID; the API has no dependable filter.
pub(crate) async fn find_group(
    context: &Context,
    reference: &str,
    options: RequestOptions,
    deadline: Deadline,
) -> Result<Option<Group>, Error> {
    Ok(find(context, reference, options, deadline).await?.map(|(group, _)| group))
}

/// The group, and the headers of the page that it stands on.
async fn find(
    context: &Context,
    reference: &str,
    options: RequestOptions,
    deadline: Deadline,
) -> Result<Option<(Group, HeaderMap)>, Error> {
    let list = List::<Group>::new(context.clone(), &operation::GROUPS_LIST);
    let mut pages = list.limit(MAX_LIMIT).options(options.until(deadline)).pages();
    while let Some(page) = pages.try_next().await? {
        let mut groups = page.items.into_iter();
        if let Some(group) = groups.find(|group| group.external_reference_id == reference) {
            return Ok(Some((group, page.metadata.headers)));
        }
    }
    Ok(None)
}

/// Runs a call to its end and reads the answer's body.
pub(crate) async fn run(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<RawResponse, Error> {
    let done = traced(call, Box::pin(drive(context, call, deadline, Reading::Whole))).await?;
    Ok(done.read(context, call))
}

/// Runs a call until the head of a success is there, and leaves the body to the caller.
pub(crate) async fn open(
    context: &Context,
    call: &Call,
    deadline: Deadline,
) -> Result<Response<TransportBody>, Error> {
    let done = traced(call, Box::pin(drive(context, call, deadline, Reading::Head))).await?;
    Ok(done.opened(context, call, deadline))
}

async fn drive(
    context: &Context,
    call: &Call,
    deadline: Deadline,
    reading: Reading,
) -> Result<Done, Error> {
    let mut running = Running::start(context, call, deadline, reading)?;
    loop {
        match running.go_on().await? {
            Turn::Done(done) => return Ok(done),
            Turn::LookUp(lost) => {
                // Rare, and large: boxed, so that it is not in every call's future.
                let found = Box::pin(created(&lost)).await;
                match lost.resume(found) {
                    ControlFlow::Continue(again) => running = again,
                    ControlFlow::Break(end) => return end,
                }
            }
        }
    }
}

/// What stands where a `create` was sent whose response was lost.
async fn created(lost: &Lost<'_>) -> Result<LookedUp, Error> {
    let (context, call) = (lost.context(), lost.call());
    let reference = call
        .body_text("external_reference_id")
        .filter(|_| call.name == operation::GROUPS_CREATE.name);
    // Without a reference there is nothing to look for, and no way to know.
    let Some(reference) = reference else {
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "the body names no external_reference_id to look for",
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
    let found = find(context, &reference, options, lost.deadline()).await?;
    let Some((group, headers)) = found else { return Ok(LookedUp::Nothing) };
    let clock = context.clock();
    let mut began = lost.began();
    began.note(clock, retry::date(&headers));
    let name = call.body_text("name");
    Ok(match origin(&group, name.as_deref(), began.time(clock)) {
        Origin::Older => LookedUp::Older,
        Origin::Unclear => LookedUp::Unclear,
        Origin::ThisCall => {
            let body = serde_json::to_vec(&Envelope { data: group }).map_err(|error| {
                Error::new(ErrorKind::Internal, "a group cannot be written").with_source(error)
            })?;
            LookedUp::Ours(body.into())
        }
    })
}
