//! Finding a group by its reference, and with it what a lost `create` has made.

use bytes::Bytes;
use futures_util::TryStreamExt as _;

use crate::call::Call;
use crate::clock::BoxFuture;
use crate::context::Context;
use crate::deadline::Deadline;
use crate::model::{Envelope, Group};
use crate::options::RequestOptions;
use crate::page::List;
use crate::{Error, ErrorKind, operation};

/// The most items a page can have.
const MAX_LIMIT: i64 = 100;

/// Walks the pages for a reference; the API has no dependable filter.
pub(crate) async fn find_group(
    context: &Context,
    reference: &str,
    options: RequestOptions,
    deadline: Deadline,
) -> Result<Option<Group>, Error> {
    let list = List::<Group>::new(context.clone(), &operation::GROUPS_LIST);
    let mut groups = list.limit(MAX_LIMIT).options(options.until(deadline)).items();
    while let Some(group) = groups.try_next().await? {
        if group.external_reference_id == reference {
            return Ok(Some(group));
        }
    }
    Ok(None)
}

/// The answer that an earlier attempt of a `create` would have had, if the group is there.
pub(crate) fn created<'a>(
    context: &'a Context,
    call: &'a Call,
    deadline: Deadline,
) -> BoxFuture<'a, Result<Option<Bytes>, Error>> {
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
        let found = find_group(context, &reference, options, deadline).await?;
        found
            .map(|group| {
                serde_json::to_vec(&Envelope { data: group }).map(Bytes::from).map_err(|error| {
                    Error::new(ErrorKind::Internal, "a group cannot be written").with_source(error)
                })
            })
            .transpose()
    })
}
