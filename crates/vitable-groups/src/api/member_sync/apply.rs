//! The daily job in one call: check, guard, submit, wait, report.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use super::submission;
use super::wait::{self, WaitOptions, wait_option_setters};
use crate::context::Context;
use crate::error::{Error, ErrorDetails, ErrorKind};
use crate::time::BoxFuture;
use vitable_groups_model::SyncState;
use vitable_groups_roster::{
    Baseline, CheckOptions, CheckReport, ExpectedChanges, Guard, GuardRefusal, Outcome, Roster,
    Severity,
};

const OPERATION: &str = "groups.members.sync.apply";
/// How many findings an error message includes; its details include all of them.
const MAX_SHOWN: usize = 3;

/// The result of [`apply`](crate::resources::MemberSyncs::apply).
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
    /// The results, joined to the rows that were sent.
    pub outcome: Outcome,
    /// The findings of the check; only warnings, as errors prevent the submission.
    pub report: CheckReport,
    /// What the group holds now. Keep it: it is the previous roster of the next sync. None if the
    /// outcome does not show it.
    pub group_after: Option<Roster>,
    /// The roster that was sent; [`Outcome::corrected`] makes the next one of it.
    pub roster: Arc<Roster>,
}

/// A sync of a group to a roster; `.await` it.
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
    options: WaitOptions,
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
            options: WaitOptions::default(),
        }
    }

    /// The roster that the group holds now: [`ApplyResult::group_after`] of its last sync. The guard
    /// and the outcome compare with it.
    pub fn previous(mut self, roster: impl Into<Arc<Roster>>) -> Self {
        self.previous = Some(roster.into());
        self
    }

    /// States that the group was never synced and is empty. Not needed for a group that this client
    /// just created.
    pub fn first_sync(mut self) -> Self {
        self.first_sync = true;
        self
    }

    /// What the group holds now; [`previous`](Self::previous) and [`first_sync`](Self::first_sync)
    /// take precedence.
    pub fn baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// Limits on what the roster may remove. By default, empty rosters are blocked, and so is
    /// removing more than 10% of the baseline or 3 members, whichever is more.
    pub fn guard(mut self, guard: Guard) -> Self {
        self.guard = guard;
        self
    }

    /// How rows are checked. By default, by the API's rules as of today (UTC).
    pub fn checks(mut self, options: CheckOptions) -> Self {
        self.checks = Some(options);
        self
    }

    wait_option_setters!();

    async fn run(self) -> Result<ApplyResult, Error> {
        let baseline = match Baseline::from_options(self.previous, self.first_sync) {
            Ok(Baseline::Unknown) => self.baseline,
            explicit => explicit.map_err(blocked)?,
        };
        let Self { context, group_id, roster, guard, checks, options, .. } = self;
        let today = context.clock().wall().to_zoned(jiff::tz::TimeZone::UTC).date();
        let report = roster.check(&checks.unwrap_or_else(|| CheckOptions::new(today)));
        if !report.is_ok() {
            return Err(invalid_roster(report));
        }
        let claim = EmptyGroupClaim::claim(&context, &group_id, &baseline);
        let baseline = if claim.is_some() { Baseline::Empty } else { baseline };
        let expected = match guard.check(&baseline, &roster) {
            Ok(diff) => ExpectedChanges::from(&diff),
            Err(refusal) => {
                EmptyGroupClaim::release(claim, 0);
                return Err(blocked(refusal));
            }
        };
        let body = submission::body(roster.members());
        let (state, repeated) = match wait::submit_and_poll(&context, group_id, body, options).await
        {
            Ok(completed) => completed,
            Err(error) => {
                if !error.outcome_unknown() && error.sync_handle().is_none() {
                    EmptyGroupClaim::release(claim, u32::from(!error.attempts().is_empty()));
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

/// The claim of a roster on a new, empty group of this client; only one roster may rely on it.
struct EmptyGroupClaim {
    context: Context,
    group_id: String,
}

impl EmptyGroupClaim {
    fn claim(context: &Context, group_id: &str, baseline: &Baseline) -> Option<Self> {
        let claimed = *baseline == Baseline::Unknown
            && context.shared().created.claim(group_id, &context.server());
        claimed.then(|| Self { context: context.clone(), group_id: group_id.to_owned() })
    }

    /// Releases the claim after nothing was applied: the group is still empty, unless another call
    /// submitted to it.
    fn release(claim: Option<Self>, own_submissions: u32) {
        if let Some(Self { context, group_id }) = claim {
            context.shared().created.release(&group_id, own_submissions);
        }
    }
}

fn blocked(refusal: GuardRefusal) -> Error {
    Error::new(ErrorKind::GuardRefused, format!("nothing was sent: {refusal}"))
        .with_operation(OPERATION)
        .with_details(ErrorDetails::GuardRefused(refusal))
}

fn invalid_roster(report: CheckReport) -> Error {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let shown: Vec<_> = errors.take(MAX_SHOWN).map(ToString::to_string).collect();
    let count = match report.errors {
        1 => "1 error".to_owned(),
        count => format!("{count} errors"),
    };
    let message = format!("nothing was sent: the roster has {count}: {}", shown.join("; "));
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
