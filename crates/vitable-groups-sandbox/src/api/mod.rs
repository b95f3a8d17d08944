//! The API: what a route is, and the order in which requests are checked.

mod access;
mod groups;
mod plans;
mod present;
mod problem;
mod response;
mod routes;
mod syncs;

pub(crate) use problem::{Code, Problem};
pub(crate) use response::ApiResponse;
pub(crate) use routes::ROUTES;

use bytes::Bytes;
use http::Method;

use crate::clock::Micros;
use crate::server_state::ServerState;
use crate::settings::Settings;
use present::Present;

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    handler: fn(&Context<'_>) -> Result<ApiResponse, Problem>,
}

/// A parsed request.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) authorization: Option<String>,
    /// `X-Vitable-Organization`.
    pub(crate) organization: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// Values of the path parameters; empty if they are not valid UTF-8.
    pub(crate) params: Vec<String>,
    pub(crate) query: String,
    pub(crate) body: Bytes,
}

/// The context of an operation, once the caller is authenticated.
struct Context<'a> {
    state: &'a ServerState,
    call: &'a Call,
    settings: Settings,
    now: Micros,
    organization_id: String,
}

impl Context<'_> {
    fn param(&self, index: usize) -> &str {
        self.call.params.get(index).map_or("", String::as_str)
    }

    fn present(&self) -> Present<'_> {
        Present(&self.settings)
    }
}

/// Handles a call: checks credentials, rate limit and organization, then runs the operation.
pub(crate) fn handle(state: &ServerState, route: &Route, call: &Call) -> ApiResponse {
    run(state, route, call).unwrap_or_else(|problem| state.problem(&problem))
}

fn run(state: &ServerState, route: &Route, call: &Call) -> Result<ApiResponse, Problem> {
    let settings = state.settings();
    let now = state.clock.now();
    let token = access::token(call)?;
    let access = access::of_token(state, &settings, token)?;
    state.rates.take(settings.rate_limit, token, now).map_err(Problem::rate_limited)?;
    let organization_id = access::organization(access, call.organization.as_deref())?;
    (route.handler)(&Context { state, call, settings, now, organization_id })
}

impl ServerState {
    /// The error response for a problem.
    pub(crate) fn problem(&self, problem: &Problem) -> ApiResponse {
        problem.response(&self.settings(), &self.ids.trace(), self.clock.now())
    }
}
