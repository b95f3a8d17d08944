//! The API: one table of operations, one order of checks.

mod access;
mod answer;
mod groups;
mod plans;
mod present;
mod problem;
mod syncs;

pub(crate) use answer::Answer;
pub(crate) use problem::{Code, Problem};

use bytes::Bytes;
use http::Method;

use crate::clock::Micros;
use crate::settings::Settings;
use crate::world::World;
use present::Present;

/// One operation of the API.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    handler: fn(&Context<'_>) -> Result<Answer, Problem>,
}

/// Every operation. Names are those of the clients' methods.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        operation: "groups.list",
        method: Method::GET,
        path: "/v1/groups",
        handler: groups::list,
    },
    Route {
        operation: "groups.create",
        method: Method::POST,
        path: "/v1/groups",
        handler: groups::create,
    },
    Route {
        operation: "groups.retrieve",
        method: Method::GET,
        path: "/v1/groups/{group_id}",
        handler: groups::retrieve,
    },
    Route {
        operation: "groups.update",
        method: Method::PATCH,
        path: "/v1/groups/{group_id}",
        handler: groups::update,
    },
    Route {
        operation: "groups.members.sync.submit",
        method: Method::POST,
        path: "/v1/groups/{group_id}/members/sync",
        handler: syncs::submit,
    },
    Route {
        operation: "groups.members.sync.retrieve",
        method: Method::GET,
        path: "/v1/groups/{group_id}/members/sync/{request_id}",
        handler: syncs::retrieve,
    },
    Route { operation: "plans.list", method: Method::GET, path: "/v1/plans", handler: plans::list },
];

/// A request, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) authorization: Option<String>,
    /// `X-Vitable-Organization`.
    pub(crate) organization: Option<String>,
    pub(crate) idempotency_key: Option<String>,
    /// Values of the path's parameters; none when they were not even text.
    pub(crate) params: Vec<String>,
    pub(crate) query: String,
    pub(crate) body: Bytes,
}

/// What an operation works with, once the caller is known.
struct Context<'a> {
    world: &'a World,
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

/// Answers a call: credentials, rate, organization, then the operation's own checks.
pub(crate) fn answer(world: &World, route: &Route, call: &Call) -> Answer {
    run(world, route, call).unwrap_or_else(|problem| world.problem(&problem))
}

fn run(world: &World, route: &Route, call: &Call) -> Result<Answer, Problem> {
    let settings = world.settings();
    let now = world.clock.now();
    let token = access::token(call)?;
    let access = access::of_token(world, &settings, token)?;
    world.rates.take(settings.rate_limit, token, now).map_err(Problem::rate_limited)?;
    let organization_id = access::organization(access, call.organization.as_deref())?;
    (route.handler)(&Context { world, call, settings, now, organization_id })
}

impl World {
    /// The answer to a request that cannot be served.
    pub(crate) fn problem(&self, problem: &Problem) -> Answer {
        problem.answer(&self.settings(), &self.ids.trace(), self.clock.now())
    }
}
