//! The transport for the caller's own HTTP client, which sends every attempt.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use vitable_groups::Failure;
use vitable_groups::{
    BoxFuture, Transport, TransportBody, TransportError, TransportRequest, TransportResponse,
};

use crate::bridge;

/// An adapter from the package's `_transport` module around the caller's HTTP client.
#[derive(Clone)]
pub(crate) struct HostTransport {
    adapter: Arc<Py<PyAny>>,
    is_async: bool,
}

/// The return value of the adapter's `send`.
type Head = (u16, Vec<(String, String)>, String, String, String, Py<PyAny>);

impl HostTransport {
    pub(crate) fn new(adapter: Py<PyAny>, is_async: bool) -> Self {
        Self { adapter: Arc::new(adapter), is_async }
    }

    async fn call(
        &self,
        work: impl FnOnce(Python<'_>, &Py<PyAny>) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> Result<Py<PyAny>, TransportError> {
        let result = if self.is_async {
            let adapter = Arc::clone(&self.adapter);
            bridge::on_loop(move |py| work(py, &adapter)).await
        } else {
            Python::attach(|py| work(py, &self.adapter))
        };
        result.map_err(|error| Python::attach(|py| self.failed(py, error)))
    }

    /// Converts an exception; the adapter classifies it.
    fn failed(&self, py: Python<'_>, error: PyErr) -> TransportError {
        let classified = self.adapter.call_method1(py, "classify", (error.value(py),));
        let kind = classified.and_then(|kind| kind.extract::<String>(py)).unwrap_or_default();
        let failure = match kind.as_str() {
            "not_sent" => Failure::NotSent,
            "timeout" => Failure::TimedOut,
            _ => Failure::ConnectionLost,
        };
        // The exception's text may contain the URL, and with it IDs; its class is enough.
        let class = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
        TransportError::new(failure, format!("the HTTP client raised {class}")).with_source(error)
    }

    async fn exchange(
        &self,
        request: TransportRequest,
    ) -> Result<TransportResponse, TransportError> {
        let response = self.call(move |py, adapter| {
            let headers = crate::error::headers(py, &request.headers)?;
            let body = request.body.as_ref().map(|body| PyBytes::new(py, body));
            let timeout = request.timeout.map(|limit| limit.as_secs_f64());
            let connect = request.connect_timeout.map(|limit| limit.as_secs_f64());
            let (method, url) = (request.method.as_str(), request.url.as_str());
            adapter.call_method1(py, "send", (method, url, headers, body, timeout, connect))
        });
        let response = response.await?;
        Python::attach(|py| self.read(py, &response))
            .map_err(|error| Python::attach(|py| self.failed(py, error)))
    }

    fn read(&self, py: Python<'_>, head: &Py<PyAny>) -> PyResult<TransportResponse> {
        let (status, pairs, url, method, version, body): Head = head.extract(py)?;
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
                headers.append(name, value);
            }
        }
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = TransportResponse::new(status, headers, Bytes::new());
        response.url = url.parse().ok();
        response.method = method.parse().ok();
        response.version = if version == "HTTP/2" { Version::HTTP_2 } else { Version::HTTP_11 };
        response.body = self.body(py, body);
        Ok(response)
    }

    /// Bytes, or an object whose `read` returns the next chunk and None at the end.
    fn body(&self, py: Python<'_>, body: Py<PyAny>) -> TransportBody {
        if let Ok(bytes) = body.bind(py).cast::<PyBytes>() {
            return TransportBody::Full(Bytes::copy_from_slice(bytes.as_bytes()));
        }
        let source = (self.clone(), Body { object: Arc::new(body) });
        TransportBody::Stream(Box::pin(stream::try_unfold(
            source,
            |(transport, body)| async move {
                let object = Arc::clone(&body.object);
                let chunk = transport.call(move |py, _| object.call_method0(py, "read")).await?;
                let chunk = Python::attach(|py| chunk.extract::<Option<Vec<u8>>>(py));
                let chunk = chunk.map_err(|error| {
                    TransportError::new(
                        Failure::ConnectionLost,
                        "the HTTP client returned a body that is not bytes",
                    )
                    .with_source(error)
                })?;
                Ok(chunk.map(|chunk| (Bytes::from(chunk), (transport, body))))
            },
        )))
    }
}

/// A body to release once it is read or abandoned.
struct Body {
    object: Arc<Py<PyAny>>,
}

impl Drop for Body {
    fn drop(&mut self) {
        // The interpreter may be exiting; then there is nothing to release.
        Python::try_attach(|py| drop(self.object.call_method0(py, "release")));
    }
}

impl Transport for HostTransport {
    fn send(
        &self,
        request: TransportRequest,
    ) -> BoxFuture<'_, Result<TransportResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for HostTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostTransport")
    }
}
