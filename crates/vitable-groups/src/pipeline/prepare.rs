//! Build: a call becomes a request, the same for every attempt.

use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Method};
use url::Url;

use crate::call::{self, Call};
use crate::config;
use crate::context::Context;
use crate::headers::{self, Headers};
use crate::model::Field;
use crate::transport::TransportRequest;
use crate::{Error, ErrorKind};

pub(super) struct Prepared {
    pub(super) url: Url,
    pub(super) idempotency_key: Option<String>,
    pub(super) sends_key: bool,
    pub(super) timeout: Option<Duration>,
    operation: String,
    method: Method,
    headers: Headers,
    body: Option<Bytes>,
    connect_timeout: Option<Duration>,
}

impl Prepared {
    pub(super) fn new(context: &Context, call: &Call) -> Result<Self, Error> {
        let settings = context.settings();
        let options = &call.options;
        let url = address(context, call)?;
        let same_origin = url.origin() == context.base_url().origin();
        if !same_origin && !options.allow_other_origin {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "the URL is of another origin than the base URL; pass a path, or allow the other \
                 origin for this call (the key is not sent there)",
            ));
        }

        let mut headers = context.headers().clone();
        headers.apply(&options.headers)?;
        if !same_origin {
            headers.without_credentials(&options.headers);
        }
        if let Some(organization) = &options.organization {
            headers.apply(&[(headers::ORGANIZATION.to_string(), Some(organization.clone()))])?;
        }
        if call.body.is_some() {
            headers.json_body();
        }
        let idempotency_key = idempotency_key(&mut headers, call)?;
        let sends_key = same_origin && headers.takes(&AUTHORIZATION);
        Ok(Self {
            url,
            idempotency_key,
            sends_key,
            timeout: choose(&options.timeout, settings.timeout),
            operation: call.name.to_string(),
            method: call.method.clone(),
            headers,
            body: call.body.clone(),
            connect_timeout: choose(&options.connect_timeout, settings.connect_timeout),
        })
    }

    pub(super) fn request(
        &self,
        authorization: Option<&HeaderValue>,
        attempt: u32,
    ) -> TransportRequest {
        let mut headers = self.headers.clone();
        if let Some(authorization) = authorization {
            headers.add(AUTHORIZATION, authorization.clone());
        }
        headers.add(headers::RETRY_COUNT, attempt.into());
        TransportRequest {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: headers.map().clone(),
            body: self.body.clone(),
            connect_timeout: self.connect_timeout,
            timeout: self.timeout,
            operation: self.operation.clone(),
            attempt,
        }
    }
}

pub(super) fn choose(own: &Field<Duration>, default: Option<Duration>) -> Option<Duration> {
    match own {
        Field::Value(own) => Some(*own),
        Field::Null => None,
        Field::Absent => default,
    }
}

fn address(context: &Context, call: &Call) -> Result<Url, Error> {
    let mut query = context.settings().query.clone();
    let own = call.query.iter().map(|(name, value)| (name, Some(value.clone())));
    let extra = call.options.query.iter().map(|(name, value)| (name, value.clone()));
    for (name, value) in own.chain(extra) {
        call::set_query(&mut query, name.clone(), value);
    }
    config::join(context.base_url(), &call.path, &call::encode_query(&query))
}

/// One key per logical write, the same on every attempt.
fn idempotency_key(headers: &mut Headers, call: &Call) -> Result<Option<String>, Error> {
    if call.method == Method::GET || call.method == Method::HEAD {
        return Ok(None);
    }
    if let Some(key) = &call.options.idempotency_key {
        headers.apply(&[(headers::IDEMPOTENCY_KEY.to_string(), Some(key.clone()))])?;
    } else if headers.takes(&headers::IDEMPOTENCY_KEY) {
        let key = format!("vg-{:032x}", fastrand::u128(..));
        headers.apply(&[(headers::IDEMPOTENCY_KEY.to_string(), Some(key))])?;
    }
    Ok(headers.get(&headers::IDEMPOTENCY_KEY).map(str::to_owned))
}
