//! Routes requests to operations and controls.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, any, get, on};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::inject::{Ending, run_with_fault};
use crate::api::{self, ApiResponse, Call, Code, Problem, ROUTES, Route};
use crate::clock::http_date;
use crate::control;
use crate::server_state::ServerState;

/// The maximum size of a request body.
const MAX_BODY: usize = 64 << 20;

pub(super) fn router(state: Arc<ServerState>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        // Every method in the table has a filter.
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::TRACE);
        let handler = move |State(state): State<Arc<ServerState>>, params: Params, request| async move {
            operate(state, Ok(route), values(params), request).await
        };
        router = router.route(route.path, on(filter, handler));
    }
    router
        .route("/openapi.json", get(async || openapi()))
        .route(control::ROOT, any(control))
        .route(&format!("{}/{{*path}}", control::ROOT), any(control))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state)
}

/// The operation that a request is for, or why there is none.
type Target = Result<&'static Route, Code>;

type Params = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

/// Records a request and runs the operation, with the matching fault if there is one.
async fn operate(
    state: Arc<ServerState>,
    target: Target,
    params: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let operation = target.as_ref().ok().map(|route| route.operation);
    let entry = state.recorder.begin(operation, &parts);
    let body = match read(body).await {
        Ok(body) => body,
        Err(BodyError::TooLarge) => {
            let problem = Problem::new(Code::ValidationError, "The body is larger than 64 MiB");
            entry.done(Some(problem.code.status().as_u16()));
            return state.problem(&problem).into();
        }
        // Dropping the entry marks the request as aborted.
        Err(BodyError::Gone) => return ended(Ending::Drop),
    };
    entry.body(&body);
    let fault = state.faults.take(operation);
    if let Some((id, _)) = &fault {
        entry.fault(*id);
    }
    let call = call(&parts, params, body);
    let run = run(Arc::clone(&state), target, call);
    match run_with_fault(&state, fault.map(|(_, fault)| fault), run).await {
        Ok(mut response) => {
            entry.done(Some(response.status().as_u16()));
            dated(&state, response.headers_mut());
            response
        }
        Err(ending) => {
            entry.done(None);
            ended(ending)
        }
    }
}

/// Sets `Date` from the sandbox's clock, like the timestamps in its data; hyper would use the
/// system clock.
fn dated(state: &ServerState, headers: &mut HeaderMap) {
    let text = http_date(state.clock.now());
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.entry(header::DATE).or_insert(value);
    }
}

/// Runs an operation on a thread that may block on the disk.
async fn run(state: Arc<ServerState>, target: Target, call: Call) -> ApiResponse {
    let task = tokio::task::spawn_blocking({
        let state = Arc::clone(&state);
        move || match target {
            Ok(route) => api::handle(&state, route, &call),
            Err(Code::MethodNotAllowed) => state
                .problem(&Problem::new(Code::MethodNotAllowed, "Method not allowed for this path")),
            Err(code) => state.problem(&Problem::new(code, "No such path")),
        }
    });
    task.await.unwrap_or_else(|_| {
        state.problem(&Problem::new(
            Code::InternalError,
            "The sandbox failed to process this request",
        ))
    })
}

/// The path parameters; empty if they are not valid UTF-8, which no id contains.
fn values(params: Params) -> Vec<String> {
    params.map_or_else(
        |_| Vec::new(),
        |params| params.iter().map(|(_, value)| value.to_owned()).collect(),
    )
}

fn call(parts: &Parts, params: Vec<String>, body: Bytes) -> Call {
    let header = |name: &str| {
        let value = parts.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Call {
        authorization: header("authorization"),
        organization: header("x-vitable-organization"),
        idempotency_key: header("idempotency-key"),
        params,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body,
    }
}

enum BodyError {
    TooLarge,
    Gone,
}

async fn read(body: Body) -> Result<Bytes, BodyError> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::Gone),
    }
}

fn openapi() -> Response {
    let mut response = Response::new(Body::from(control::OPENAPI));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A placeholder response that makes the connection end.
fn ended(ending: Ending) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(ending);
    response
}

async fn control(State(state): State<Arc<ServerState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body).await else {
        return state
            .problem(&Problem::new(Code::ValidationError, "The body could not be read"))
            .into();
    };
    let task = tokio::task::spawn_blocking({
        let state = Arc::clone(&state);
        move || control::handle(&state, &parts.method, parts.uri.path(), &body)
    });
    task.await
        .unwrap_or_else(|_| {
            state.problem(&Problem::new(
                Code::InternalError,
                "The sandbox failed to process this control",
            ))
        })
        .into()
}

async fn not_found(State(state): State<Arc<ServerState>>, request: Request) -> Response {
    operate(state, Err(Code::NotFound), Vec::new(), request).await
}

async fn method_not_allowed(State(state): State<Arc<ServerState>>, request: Request) -> Response {
    operate(state, Err(Code::MethodNotAllowed), Vec::new(), request).await
}
