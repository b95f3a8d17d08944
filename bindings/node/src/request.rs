//! Requests of calls, from the arguments that JavaScript passes.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use napi::bindgen_prelude::{Buffer, Either};
use vitable_groups::operation::Operation;
use vitable_groups::{Call, Error, ErrorKind, operation};

use crate::options::CallOptions;

/// JSON text or bytes.
pub(crate) type Body = Either<String, Buffer>;

/// The name of an operation in errors; of a raw call only the method, as its path may hold anything.
pub(crate) fn name_of(known: Option<&'static Operation>, target: &str) -> Cow<'static, str> {
    match (known, target.split_once(' ')) {
        (Some(operation), _) => Cow::Borrowed(operation.name),
        (None, Some((method, _))) => Cow::Owned(method.to_lowercase()),
        (None, None) => Cow::Owned(target.to_owned()),
    }
}

/// Whether an operation sends a body; those of reads are ignored.
fn takes_body(operation: &Operation) -> bool {
    operation.method != Method::GET
}

/// The call of an operation or a path.
pub(crate) fn prepare(
    target: &str,
    path_params: &[String],
    mut options: CallOptions,
    body: Option<Body>,
) -> Result<Call, Error> {
    let query = std::mem::take(&mut options.query);
    let options = options.into_core();
    let operation = operation::find(target);
    let call = match operation {
        Some(operation) => {
            let params: Vec<&str> = path_params.iter().map(String::as_str).collect();
            Call::new(operation, &params, options)
        }
        None => match target.split_once(' ') {
            Some((method, path)) => match Method::from_bytes(method.as_bytes()) {
                Ok(method) => Call::raw(method, path, options),
                Err(_) => Err(invalid("invalid HTTP method")),
            },
            None => Err(invalid("there is no operation with this name")),
        },
    };
    call.map(|call| {
        let call = call.with_query(query);
        match body {
            Some(body) if operation.is_none_or(takes_body) => call.with_body(bytes_of(body)),
            _ => call,
        }
    })
}

pub(crate) fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

pub(crate) fn bytes_of(body: Body) -> Bytes {
    match body {
        Either::A(text) => text.into(),
        Either::B(bytes) => Bytes::copy_from_slice(&bytes),
    }
}
