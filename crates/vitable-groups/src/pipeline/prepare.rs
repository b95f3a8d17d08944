//! Builds the request of a call, the same for every attempt.

use std::borrow::Cow;
use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use url::Url;

use crate::call::headers::{self, Headers};
use crate::call::{self, Call, random_id};
use crate::context::Context;
use crate::error::{Error, ErrorKind};
use crate::transport::{TransportRequest, address};
use vitable_groups_model::Field;

pub(super) struct Prepared<'a> {
    pub(super) url: Url,
    pub(super) idempotency_key: Option<String>,
    pub(super) sends_key: bool,
    pub(super) timeout: Option<Duration>,
    call: &'a Call,
    headers: Cow<'a, Headers>,
    connect_timeout: Option<Duration>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(context: &'a Context, call: &'a Call) -> Result<Self, Error> {
        let settings = context.settings();
        let options = &call.options;
        let url = url_of(context, call)?;
        let base = context.base_url();
        let same_origin = address::same_origin(&url, base);
        if !same_origin && !options.allow_other_origin {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the URL has another origin than the base URL; pass a path, or set \
                 allow_other_origin for this call (the API key is not sent there)",
            ));
        }

        // Most calls send the client's headers unchanged.
        let mut headers = Cow::Borrowed(context.headers());
        if !options.headers.is_empty() {
            headers.to_mut().apply(&options.headers)?;
        }
        if !same_origin {
            headers.to_mut().remove_credentials(&options.headers);
        }
        if let Some(organization) = &options.organization {
            let pair = (headers::ORGANIZATION.to_string(), Some(organization.clone()));
            headers.to_mut().apply(&[pair])?;
        }
        if call.body.is_some() {
            headers.to_mut().json_body();
        }
        let idempotency_key = idempotency_key(&mut headers, call)?;
        let sends_key = same_origin && headers.is_unset(&AUTHORIZATION);
        Ok(Self {
            url,
            idempotency_key,
            sends_key,
            timeout: resolve(&options.timeout, settings.timeout),
            call,
            headers,
            connect_timeout: resolve(&options.connect_timeout, settings.connect_timeout),
        })
    }

    pub(super) fn request(
        &self,
        authorization: Option<&HeaderValue>,
        attempt: u32,
    ) -> TransportRequest {
        let authorization = authorization.map(|value| (AUTHORIZATION, value.clone()));
        let count = match attempt {
            0 => HeaderValue::from_static("0"),
            more => more.into(),
        };
        let count = (headers::RETRY_COUNT, count);
        TransportRequest {
            method: self.call.method.clone(),
            url: self.url.clone(),
            headers: self.headers.with_defaults(authorization.into_iter().chain([count])),
            body: self.call.body.clone(),
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            operation: self.call.name.clone(),
            attempt,
            idempotent: self.call.is_idempotent(),
        }
    }
}

pub(super) fn resolve(option: &Field<Duration>, default: Option<Duration>) -> Option<Duration> {
    match option {
        Field::Value(limit) => Some(*limit),
        Field::Null => None,
        Field::Absent => default,
    }
}

fn url_of(context: &Context, call: &Call) -> Result<Url, Error> {
    if context.settings().query.is_empty() && call.options.query.is_empty() {
        return address::join(context.base_url(), &call.path, &call::encode_query(&call.query));
    }
    let mut query = context.settings().query.clone();
    let own = call.query.iter().map(|(name, value)| (name, Some(value.clone())));
    let extra = call.options.query.iter().map(|(name, value)| (name, value.clone()));
    for (name, value) in own.chain(extra) {
        call::set_query(&mut query, name.clone(), value);
    }
    address::join(context.base_url(), &call.path, &call::encode_query(&query))
}

/// The idempotency key of a write, the same for all attempts.
fn idempotency_key(headers: &mut Cow<'_, Headers>, call: &Call) -> Result<Option<String>, Error> {
    if call.method == Method::GET || call.method == Method::HEAD {
        return Ok(None);
    }
    if let Some(key) = &call.options.idempotency_key {
        let pair = (headers::IDEMPOTENCY_KEY.to_string(), Some(key.clone()));
        headers.to_mut().apply(&[pair])?;
    } else if headers.is_unset(&headers::IDEMPOTENCY_KEY) {
        let key = format!("vg-{}", random_id()?);
        let pair = (headers::IDEMPOTENCY_KEY.to_string(), Some(key));
        headers.to_mut().apply(&[pair])?;
    }
    Ok(headers.get(&headers::IDEMPOTENCY_KEY).map(str::to_owned))
}
