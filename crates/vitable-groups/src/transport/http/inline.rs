//! Requests over connections that their calls poll themselves.

use std::sync::Arc;

use inline_http::{Config, InlineTransport, Request};

use super::Chunks;
use crate::transport::tls::Tls;
use crate::transport::{TransportError, TransportRequest, TransportResponse};

pub(super) fn transport(tls: Arc<Tls>) -> InlineTransport {
    InlineTransport::new(Config::new().tls(move || Ok(tls.config(&[b"http/1.1"])?)))
}

pub(super) async fn send(
    transport: &InlineTransport,
    request: &TransportRequest,
) -> Result<TransportResponse, TransportError> {
    let mut outgoing = Request::new(&request.method, &request.url, &request.headers);
    outgoing.body = request.body.as_ref();
    outgoing.connect_timeout = request.connect_timeout;
    outgoing.timeout = request.timeout;
    outgoing.idempotent = request.idempotent;
    let response = transport.send(outgoing).await?;
    Ok(TransportResponse {
        status: response.status,
        headers: response.headers,
        url: None,
        method: None,
        version: response.version,
        resent: response.resent,
        body: Chunks::body(response.body),
    })
}
