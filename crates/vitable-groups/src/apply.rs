//! The whole daily job: a roster is checked, guarded, submitted, waited for and explained.

use std::fmt;
use std::future::IntoFuture;

use crate::clock::BoxFuture;
use crate::context::Context;
use crate::model::SyncState;
use crate::roster::{CheckReport, Guard, Outcome, Roster, RosterOptions, Severity};
use crate::wait::{self, Waiting, waiting_setters};
use crate::{Error, ErrorKind, submission};

const OPERATION: &str = "groups.members.sync.apply";
/// How many findings an error's message names; all are in its details.
const NAMED: usize = 3;

/// What [`apply`](crate::resources::Sync::apply) brings back.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client, roster: vitable_groups::roster::Roster) -> Result<(), vitable_groups::Error> {
/// let done = client.groups().members().sync().apply("grp_1", roster).await?;
/// assert!(done.state.is_completed() && done.report.is_ok());
/// println!("{} added, {} failed", done.outcome.added, done.outcome.failed);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Applied {
    /// The completed request.
    pub state: SyncState,
    /// Its results, joined to the rows that were sent.
    pub outcome: Outcome,
    /// What the check found; warnings only, as errors stop the job.
    pub report: CheckReport,
}

/// A roster on its way to a group; `.await` it.
///
/// # Errors
/// [`ErrorKind::InvalidRoster`] and [`ErrorKind::GuardRefused`] before anything is sent, with
/// [`Error::details`]; then as [`submit_and_wait`](crate::resources::Sync::submit_and_wait).
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client, roster: vitable_groups::roster::Roster) -> Result<(), vitable_groups::Error> {
/// let done = client.groups().members().sync().apply("grp_1", roster).await?;
/// assert!(done.state.is_completed() && done.report.is_ok());
/// println!("{} added, {} failed", done.outcome.added, done.outcome.failed);
/// # Ok(()) }
/// ```
#[must_use = "nothing is submitted before it is awaited"]
pub struct Apply {
    context: Context,
    group_id: String,
    roster: Roster,
    previous: Option<Roster>,
    guard: Guard,
    checks: Option<RosterOptions>,
    waiting: Waiting,
}

impl Apply {
    pub(crate) fn new(context: Context, group_id: String, roster: Roster) -> Self {
        Self {
            context,
            group_id,
            roster,
            previous: None,
            guard: Guard::new(),
            checks: None,
            waiting: Waiting::default(),
        }
    }

    /// The roster that was sent last; the guard and the outcome compare with it.
    pub fn previous(mut self, roster: Roster) -> Self {
        self.previous = Some(roster);
        self
    }

    /// What the roster may remove. Unless set, only an empty roster is refused.
    pub fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// How rows are checked. Unless set, by the rules of the API as of today (UTC).
    pub fn checks(mut self, options: RosterOptions) -> Self {
        self.checks = Some(options);
        self
    }

    waiting_setters!();

    async fn run(self) -> Result<Applied, Error> {
        let Self { context, group_id, roster, previous, guard, checks, waiting } = self;
        let today = context.clock().wall().to_zoned(jiff::tz::TimeZone::UTC).date();
        let report = roster.check(&checks.unwrap_or_else(|| RosterOptions::new(today)));
        if !report.is_ok() {
            return Err(invalid(&report));
        }
        guard.check(previous.as_ref(), &roster).map_err(|refusal| {
            Error::new(ErrorKind::GuardRefused, refusal.to_string())
                .with_operation(OPERATION)
                .with_details(&refusal)
        })?;
        let body = submission::body(roster.members());
        let state = wait::submit_and_watch(&context, group_id, body, waiting).await?;
        let results = state.results.value().cloned().unwrap_or_default();
        let outcome = Outcome::join(&roster, &results, previous.as_ref());
        Ok(Applied { state, outcome, report })
    }
}

fn invalid(report: &CheckReport) -> Error {
    let named = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let named: Vec<_> = named.take(NAMED).map(ToString::to_string).collect();
    let (errors, named) = (report.errors, named.join("; "));
    let message = format!("the roster has {errors} errors, nothing was sent: {named}");
    Error::new(ErrorKind::InvalidRoster, message).with_operation(OPERATION).with_details(report)
}

impl IntoFuture for Apply {
    type Output = Result<Applied, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Apply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apply").field("group_id", &self.group_id).finish_non_exhaustive()
    }
}
