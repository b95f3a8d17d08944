//! From a request on the wire to an operation or a control, and back.

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

use super::play::{self, Ending};
use crate::api::{self, Answer, Call, Code, Problem, ROUTES, Route};
use crate::clock::http_date;
use crate::control;
use crate::world::World;

/// The largest body that is read.
const MAX_BODY: usize = 64 << 20;

pub(super) fn router(world: Arc<World>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        // Every method of the table has a filter.
        let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::TRACE);
        let handler = move |State(world): State<Arc<World>>, params: Params, request| async move {
            operate(world, Ok(route), values(params), request).await
        };
        router = router.route(route.path, on(filter, handler));
    }
    router
        .route("/openapi.json", get(async || openapi()))
        .route(control::ROOT, any(control))
        .route(&format!("{}/{{*path}}", control::ROOT), any(control))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(world)
}

/// The operation of a request, or why there is none.
type Target = Result<&'static Route, Code>;

type Params = Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>;

/// Records a request, lets a fault have its way, and runs the operation.
async fn operate(
    world: Arc<World>,
    target: Target,
    params: Vec<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let operation = target.as_ref().ok().map(|route| route.operation);
    let entry = world.recorder.begin(operation, &parts);
    let body = match read(body).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => {
            let problem = Problem::new(Code::ValidationError, "The body is larger than 64 MiB");
            entry.done(Some(problem.code.status().as_u16()));
            return world.problem(&problem).into();
        }
        // The entry is dropped as it is, which marks the request as given up.
        Err(Unread::Gone) => return ended(Ending::Drop),
    };
    entry.body(&body);
    let fault = world.faults.take(operation);
    if let Some((id, _)) = &fault {
        entry.fault(*id);
    }
    let call = call(&parts, params, body);
    let run = run(Arc::clone(&world), target, call);
    match play::play(&world, fault.map(|(_, fault)| fault), run).await {
        Ok(mut response) => {
            entry.done(Some(response.status().as_u16()));
            dated(&world, response.headers_mut());
            response
        }
        Err(ending) => {
            entry.done(None);
            ended(ending)
        }
    }
}

/// Names the time by the sandbox's clock, by which its data are dated; the server would name the
/// machine's.
fn dated(world: &World, headers: &mut HeaderMap) {
    let text = http_date(world.clock.now());
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.entry(header::DATE).or_insert(value);
    }
}

/// Runs an operation where it may wait for the disk.
async fn run(world: Arc<World>, target: Target, call: Call) -> Answer {
    let task = tokio::task::spawn_blocking({
        let world = Arc::clone(&world);
        move || match target {
            Ok(route) => api::answer(&world, route, &call),
            Err(Code::MethodNotAllowed) => world.problem(&Problem::new(
                Code::MethodNotAllowed,
                "This path does not take this method",
            )),
            Err(code) => world.problem(&Problem::new(code, "There is nothing at this path")),
        }
    });
    task.await.unwrap_or_else(|_| {
        world.problem(&Problem::new(Code::InternalError, "The sandbox failed on this request"))
    })
}

/// The path's parameters; none when they are no text, and so no ids of ours.
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

enum Unread {
    TooLarge,
    Gone,
}

async fn read(body: Body) -> Result<Bytes, Unread> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Err(_) => Err(Unread::Gone),
    }
}

fn openapi() -> Response {
    let mut response = Response::new(Body::from(control::OPENAPI));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An answer that is none: the connection ends in this way.
fn ended(ending: Ending) -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(ending);
    response
}

async fn control(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = read(body).await else {
        return world.problem(&Problem::new(Code::ValidationError, "The body was not read")).into();
    };
    let task = tokio::task::spawn_blocking({
        let world = Arc::clone(&world);
        move || control::answer(&world, &parts.method, parts.uri.path(), &body)
    });
    task.await
        .unwrap_or_else(|_| {
            world.problem(&Problem::new(Code::InternalError, "The sandbox failed on this control"))
        })
        .into()
}

async fn not_found(State(world): State<Arc<World>>, request: Request) -> Response {
    operate(world, Err(Code::NotFound), Vec::new(), request).await
}

async fn method_not_allowed(State(world): State<Arc<World>>, request: Request) -> Response {
    operate(world, Err(Code::MethodNotAllowed), Vec::new(), request).await
}
