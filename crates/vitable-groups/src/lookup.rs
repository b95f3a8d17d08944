//! Finding a group by its reference, and with it what a lost `create` has made.

use futures_util::TryStreamExt as _;
use http::HeaderMap;

use crate::call::Call;
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::model::{Envelope, Group};
use crate::options::RequestOptions;
use crate::page::List;
use crate::recovery::{self, Began, LookedUp, Origin};
use crate::{Error, ErrorKind, operation, retry};

/// The most items a page can have.
const MAX_LIMIT: i64 = 100;

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

/// What stands where a `create` was sent whose response was lost.
pub(crate) fn created<'a>(
    context: &'a Context,
    call: &'a Call,
    mut began: Began,
    deadline: Deadline,
) -> BoxFuture<'a, Result<LookedUp, Error>> {
    Box::pin(async move {
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
        let found = find(context, &reference, options, deadline).await?;
        let Some((group, headers)) = found else { return Ok(LookedUp::Nothing) };
        let clock = context.clock();
        began.note(clock, retry::date(&headers));
        let name = call.body_text("name");
        Ok(match recovery::origin(&group, name.as_deref(), began.time(clock)) {
            Origin::Older => LookedUp::Older,
            Origin::Unclear => LookedUp::Unclear,
            Origin::ThisCall => {
                let body = serde_json::to_vec(&Envelope { data: group }).map_err(|error| {
                    Error::new(ErrorKind::Internal, "a group cannot be written").with_source(error)
                })?;
                LookedUp::Ours(body.into())
            }
        })
    })
}
