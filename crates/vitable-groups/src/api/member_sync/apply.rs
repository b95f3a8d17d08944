//! The whole daily job: a roster is checked, guarded, submitted, waited for and explained.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use super::submission;
use super::wait::{self, Waiting, waiting_setters};
use crate::context::Context;
use crate::error::{Error, ErrorDetails, ErrorKind};
use crate::time::BoxFuture;
use vitable_groups_model::SyncState;
use vitable_groups_roster::{
    Baseline, CheckOptions, CheckReport, ExpectedChanges, Guard, GuardRefusal, Outcome, Roster,
    Severity,
};

const OPERATION: &str = "groups.members.sync.apply";
/// How many findings an error's message names; all are in its details.
const NAMED: usize = 3;

/// What [`apply`](crate::resources::MemberSyncs::apply) brings back.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client, roster: vitable_groups::roster::Roster) -> Result<(), vitable_groups::Error> {
/// let applied = client.groups().members().sync().apply("grp_1", roster).first_sync().await?;
/// if !applied.outcome.is_ok() {
///     println!("{}: {}", applied.outcome.status, applied.outcome); // needs attention
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ApplyResult {
    /// The completed request.
    pub state: SyncState,
    /// Its results, joined to the rows that were sent.
    pub outcome: Outcome,
    /// What the check found; warnings only, as errors stop the job.
    pub report: CheckReport,
    /// What the group holds now: keep it, it is the previous roster of the next sync. None where
    /// the outcome does not say.
    pub group_after: Option<Roster>,
    /// The roster that was sent; [`Outcome::corrected`] makes the next one of it.
    pub roster: Arc<Roster>,
}

/// A roster on its way to a group; `.await` it.
///
/// # Errors
/// [`ErrorKind::InvalidRoster`] and [`ErrorKind::GuardRefused`] before anything is sent, with
/// [`Error::details`]; then as [`submit_and_wait`](crate::resources::MemberSyncs::submit_and_wait).
///
/// ```no_run
/// use vitable_groups::roster::Roster;
///
/// # async fn run(client: vitable_groups::Client, last: Roster, roster: Roster) -> Result<(), vitable_groups::Error> {
/// let applied = client.groups().members().sync().apply("grp_1", roster).previous(last).await?;
/// println!("{} {:?} added", applied.outcome.status, applied.outcome.added);
/// # Ok(()) }
/// ```
#[must_use = "nothing is submitted before it is awaited"]
pub struct Apply {
    context: Context,
    group_id: String,
    roster: Arc<Roster>,
    previous: Option<Arc<Roster>>,
    first_sync: bool,
    baseline: Baseline,
    guard: Guard,
    checks: Option<CheckOptions>,
    waiting: Waiting,
}

impl Apply {
    pub(crate) fn new(context: Context, group_id: String, roster: Arc<Roster>) -> Self {
        Self {
            context,
            group_id,
            roster,
            previous: None,
            first_sync: false,
            baseline: Baseline::Unknown,
            guard: Guard::new(),
            checks: None,
            waiting: Waiting::default(),
        }
    }

    /// The roster that the group holds now: [`ApplyResult::group_after`] of its last sync. The guard and
    /// the outcome compare with it.
    pub fn previous(mut self, roster: impl Into<Arc<Roster>>) -> Self {
        self.previous = Some(roster.into());
        self
    }

    /// Says that the group was never synced and holds nobody. Not needed for a group that this
    /// client created in this run.
    pub fn first_sync(mut self) -> Self {
        self.first_sync = true;
        self
    }

    /// What the group holds now, in any of the ways in which that may be known;
    /// [`previous`](Self::previous) and [`first_sync`](Self::first_sync) stand above it.
    pub fn baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// What the roster may remove. Unless set: no empty roster, and at most 10% of the baseline or
    /// 3 members, whichever is more.
    pub fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// How rows are checked. Unless set, by the rules of the API as of today (UTC).
    pub fn checks(mut self, options: CheckOptions) -> Self {
        self.checks = Some(options);
        self
    }

    waiting_setters!();

    async fn run(self) -> Result<ApplyResult, Error> {
        let baseline = match Baseline::given(self.previous, self.first_sync) {
            Ok(Baseline::Unknown) => self.baseline,
            given => given.map_err(refused)?,
        };
        let Self { context, group_id, roster, guard, checks, waiting, .. } = self;
        let today = context.clock().wall().to_zoned(jiff::tz::TimeZone::UTC).date();
        let report = roster.check(&checks.unwrap_or_else(|| CheckOptions::new(today)));
        if !report.is_ok() {
            return Err(invalid(report));
        }
        let known_empty = KnownEmpty::take(&context, &group_id, &baseline);
        let baseline = if known_empty.is_some() { Baseline::Empty } else { baseline };
        let expected = match guard.check(&baseline, &roster) {
            Ok(diff) => ExpectedChanges::from(&diff),
            Err(refusal) => {
                KnownEmpty::restore(known_empty, 0);
                return Err(refused(refusal));
            }
        };
        let body = submission::body(roster.members());
        let (state, repeated) =
            match wait::submit_and_watch(&context, group_id, body, waiting).await {
                Ok(completed) => completed,
                Err(error) => {
                    if !error.outcome_unknown() && error.sync_handle().is_none() {
                        KnownEmpty::restore(known_empty, u32::from(!error.attempts().is_empty()));
                    }
                    return Err(error);
                }
            };
        let outcome =
            Outcome::with_expected(&roster, state.results.value(), Some(expected), repeated);
        let group_after = outcome.group_after(&roster, &baseline);
        Ok(ApplyResult { state, outcome, report, group_after, roster })
    }
}

/// A group that this client created, taken by the one roster that may rely on it.
struct KnownEmpty {
    context: Context,
    group_id: String,
}

impl KnownEmpty {
    fn take(context: &Context, group_id: &str, baseline: &Baseline) -> Option<Self> {
        let known = *baseline == Baseline::Unknown
            && context.shared().created.take(group_id, context.base_url());
        known.then(|| Self { context: context.clone(), group_id: group_id.to_owned() })
    }

    /// Nothing was applied: the group is as empty as before, if nobody else submitted to it.
    fn restore(known: Option<Self>, own_submissions: u32) {
        if let Some(Self { context, group_id }) = known {
            context.shared().created.restore(&group_id, own_submissions);
        }
    }
}

fn refused(refusal: GuardRefusal) -> Error {
    Error::new(ErrorKind::GuardRefused, format!("nothing was sent: {refusal}"))
        .with_operation(OPERATION)
        .with_details(ErrorDetails::GuardRefused(refusal))
}

fn invalid(report: CheckReport) -> Error {
    let named = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let named: Vec<_> = named.take(NAMED).map(ToString::to_string).collect();
    let (errors, named) = (report.errors, named.join("; "));
    let message = format!("the roster has {errors} errors, nothing was sent: {named}");
    Error::new(ErrorKind::InvalidRoster, message)
        .with_operation(OPERATION)
        .with_details(ErrorDetails::InvalidRoster(report))
}

impl IntoFuture for Apply {
    type Output = Result<ApplyResult, Error>;
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
