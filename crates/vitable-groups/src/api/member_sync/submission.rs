//! The two calls of a sync: submit a roster, read what became of it.

use std::borrow::Borrow;

use bytes::Bytes;
use serde_json::Value;

use crate::api::Request;
use crate::call::Call;
use crate::context::Context;
use crate::error::{Error, ErrorKind, SyncHandle};
use crate::operation;
use vitable_groups_model::{Member, SyncReceipt, SyncState};

/// Submits a written roster.
pub(crate) fn submit(
    context: Context,
    group_id: String,
    body: Result<Bytes, Error>,
) -> Request<SyncReceipt> {
    Request::enveloped(context, move |options| {
        let extras = !options.body.is_empty();
        let call = Call::new(&operation::SYNC_SUBMIT, &[&group_id], options)?;
        if extras {
            let body: Value = serde_json::from_slice(&body?).map_err(|error| {
                Error::new(ErrorKind::Internal, "the roster cannot be read back").with_source(error)
            })?;
            return call.with_json(&body);
        }
        Ok(call.with_body(body?))
    })
}

/// Reads what became of a request.
pub(crate) fn retrieve(context: Context, handle: SyncHandle) -> Request<SyncState> {
    Request::enveloped(context, move |options| {
        let ids = [handle.group_id.as_str(), handle.request_id.as_str()];
        Call::new(&operation::SYNC_RETRIEVE, &ids, options)
    })
}

/// Whatever an iterator promises.
const MOST_ROOM: usize = 64 << 20;

/// Writes the members straight into the body, without a copy of the roster in between.
pub(crate) fn body<M: Borrow<Member>>(
    members: impl IntoIterator<Item = M>,
) -> Result<Bytes, Error> {
    let mut body = br#"{"members":["#.to_vec();
    let members = members.into_iter();
    let (at_least, _) = members.size_hint();
    for (index, member) in members.enumerate() {
        if index > 0 {
            body.push(b',');
        }
        serde_json::to_writer(&mut body, member.borrow()).map_err(|error| {
            let message = format!("members[{index}] cannot be written as JSON");
            Error::new(ErrorKind::InvalidArgument, message).with_source(error)
        })?;
        if index == 0 {
            // The others are about as long; a body that grows by doubling is copied each time.
            let rest = (body.len() + body.len() / 16).saturating_mul(at_least);
            body.reserve(rest.min(MOST_ROOM));
        }
    }
    body.extend_from_slice(b"]}");
    Ok(body.into())
}
