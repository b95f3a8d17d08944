//! Looking up what a write may have made, before it is sent again.

use bytes::Bytes;

use super::Deadline;
use crate::call::Call;
use crate::client::Client;
use crate::clock::BoxFuture;
use crate::model::Envelope;
use crate::options::RequestOptions;
use crate::resources::find_group;
use crate::{Error, ErrorKind, operation};

/// The answer that an earlier attempt of this `create` would have had, if the group is there.
///
/// Boxed, as the lookup runs through the pipeline that calls it.
pub(super) fn look_up<'a>(
    client: &'a Client,
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
        let found = find_group(client, &reference, options, deadline).await?;
        found
            .map(|group| {
                serde_json::to_vec(&Envelope { data: group }).map(Bytes::from).map_err(|error| {
                    Error::new(ErrorKind::Internal, "a group cannot be written").with_source(error)
                })
            })
            .transpose()
    })
}
