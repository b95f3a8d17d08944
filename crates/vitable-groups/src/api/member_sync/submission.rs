//! Submitting a roster, serialized without a copy of it.

use std::borrow::Borrow;

use bytes::Bytes;
use serde_json::Value;

use crate::api::Request;
use crate::call::Call;
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::operation;
use vitable_groups_model::{Member, SyncReceipt};

/// Submits a serialized roster.
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
                Error::new(ErrorKind::Internal, "the serialized roster cannot be parsed")
                    .with_source(error)
            })?;
            return call.with_json(&body);
        }
        Ok(call.with_body(body?))
    })
}

/// Limits the capacity reserved by an iterator's size hint.
const MAX_RESERVED: usize = 64 << 20;

/// Serializes the members directly into the body, without copying the roster.
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
            // The other members are about as long. Reserving once avoids copies as the body grows.
            let rest = (body.len() + body.len() / 16).saturating_mul(at_least);
            body.reserve(rest.min(MAX_RESERVED));
        }
    }
    body.extend_from_slice(b"]}");
    Ok(body.into())
}
