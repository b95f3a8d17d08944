//! Runs `members …`. A sync goes through these steps:
//!
//! roster ─ check ─▶ settle ─▶ plan ─ guard, prompt ─▶ submit ─ journal ─▶ wait ─▶ outcome

mod check;
mod compare;
mod plan;
mod request;
mod roster;
mod row_outcomes;
mod settle;
mod sync;
mod wait;

use crate::cli::{Global, Members};
use crate::exit::{Exit, Failure};
use crate::output::Output;

pub(crate) async fn run(
    command: Members,
    global: &Global,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        Members::Check(options) => check::run(options, global, out).await,
        Members::Plan(options) => plan::run(&options, global, out),
        Members::Sync(options) => sync::run(options, global, out).await,
        Members::Status(request) => request::status(request, global, out).await,
        Members::Forget(options) => request::forget(&options, global, out),
        Members::Wait(options) => request::wait(options, global, out).await,
    }
}
