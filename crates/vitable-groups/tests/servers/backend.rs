//! The backend behind the servers. It counts how often each group is created.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How often each group was created, by its reference ID.
pub(crate) type Created = Arc<Mutex<HashMap<String, u32>>>;

/// Starts the backend on the runtime; returns its port.
pub(crate) async fn start(created: Created) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let created = Arc::clone(&created);
            let service = service_fn(move |request| respond(request, Arc::clone(&created)));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    port
}

async fn respond(
    request: Request<Incoming>,
    created: Created,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let body = request.into_body().collect().await?.to_bytes();
    let mut group = json!({"id": "grp_1", "name": "Tier 1", "external_reference_id": "t1"});
    let (status, data) = if method == Method::POST && path == "/v1/groups" {
        let sent: Value = serde_json::from_slice(&body).unwrap();
        group["external_reference_id"] = sent["external_reference_id"].clone();
        let reference_id = sent["external_reference_id"].as_str().unwrap().to_owned();
        *created.lock().unwrap().entry(reference_id).or_default() += 1;
        (StatusCode::CREATED, group)
    } else if method == Method::POST {
        (StatusCode::ACCEPTED, json!({"request_id": "r", "group_id": "grp_1"}))
    } else {
        (StatusCode::OK, group)
    };
    let body = json!({"data": data}).to_string();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    Ok(response)
}
