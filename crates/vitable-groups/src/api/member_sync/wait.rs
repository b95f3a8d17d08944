//! Waiting for a sync to be done.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;

use super::poll::{self, Next, PollPolicy};
use super::submission;
use crate::call::RequestOptions;
use crate::context::Context;
use crate::error::{Error, ErrorKind, SyncHandle};
use crate::retry::ServerHints;
use crate::time::{BoxFuture, Deadline, HumanDuration};
use vitable_groups_model::SyncState;

/// How long a wait lasts unless set otherwise.
///
/// ```
/// assert_eq!(vitable_groups::DEFAULT_WAIT_DEADLINE.as_secs(), 600);
/// ```
pub const DEFAULT_WAIT_DEADLINE: Duration = Duration::from_secs(600);

/// What a progress callback sees.
///
/// ```no_run
/// use vitable_groups::SyncHandle;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let wait = client.groups().members().sync().wait(SyncHandle::new("grp_1", "grpmsr_1"));
/// wait.on_progress(|progress| println!("look {} after {:?}", progress.polls, progress.elapsed)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Progress {
    /// What is waited for.
    pub handle: SyncHandle,
    /// Looks so far; 0 right after a submission.
    pub polls: u32,
    /// Since the wait began.
    pub elapsed: Duration,
    /// The state that was last seen.
    pub state: Option<SyncState>,
    /// The kind of the failure that the last look met, if it met one; the wait goes on.
    pub last_error: Option<ErrorKind>,
}

pub(crate) type OnProgress = Box<dyn FnMut(Progress) + Send>;

/// Settings that all waits share.
pub(crate) struct Waiting {
    pub(crate) deadline: Option<Duration>,
    pub(crate) poll: PollPolicy,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) options: RequestOptions,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            deadline: Some(DEFAULT_WAIT_DEADLINE),
            poll: PollPolicy::default(),
            on_progress: None,
            options: RequestOptions::new(),
        }
    }
}

/// The setters of [`Waiting`], for each type that has one in a field of that name.
macro_rules! waiting_setters {
    () => {
        /// How long to wait at most; 10 minutes unless set. `None` waits for ever.
        pub fn deadline(mut self, deadline: impl Into<Option<std::time::Duration>>) -> Self {
            self.waiting.deadline = deadline.into();
            self
        }

        /// How often to look.
        pub fn poll(mut self, policy: $crate::api::member_sync::poll::PollPolicy) -> Self {
            self.waiting.poll = policy;
            self
        }

        /// Called after the submission and after every look.
        pub fn on_progress(
            mut self,
            callback: impl FnMut($crate::api::member_sync::Progress) + Send + 'static,
        ) -> Self {
            self.waiting.on_progress = Some(Box::new(callback));
            self
        }

        /// Options of the calls; their own deadline is not used, set [`Self::deadline`].
        pub fn options(mut self, options: $crate::call::RequestOptions) -> Self {
            self.waiting.options = options;
            self
        }
    };
}

pub(crate) use waiting_setters;

/// A wait for a sync; `.await` it.
///
/// Transient failures do not end it. [`ErrorKind::Deadline`] does, and
/// [`Error::sync_handle`] resumes it.
///
/// ```no_run
/// use std::time::Duration;
/// use vitable_groups::SyncHandle;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let wait = client.groups().members().sync().wait(SyncHandle::new("grp_1", "grpmsr_1"));
/// match wait.deadline(Duration::from_secs(30)).await {
///     Ok(state) => println!("{:?}", state.completed_at),
///     Err(error) => println!("{error}; resume with {:?}", error.sync_handle()),
/// }
/// # Ok(()) }
/// ```
#[must_use = "a wait begins when it is awaited"]
pub struct Wait {
    context: Context,
    handle: SyncHandle,
    waiting: Waiting,
}

impl Wait {
    pub(crate) fn new(context: Context, handle: SyncHandle) -> Self {
        Self { context, handle, waiting: Waiting::default() }
    }

    waiting_setters!();

    async fn run(self) -> Result<SyncState, Error> {
        let deadline = Deadline::after(self.context.clock(), self.waiting.deadline);
        watch(&self.context, self.handle, self.waiting, deadline).await
    }
}

impl IntoFuture for Wait {
    type Output = Result<SyncState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// A submission and the wait for it; `.await` it.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client, roster: Vec<vitable_groups::model::Member>) -> Result<(), vitable_groups::Error> {
/// let sync = client.groups().members().sync();
/// let state = sync.submit_and_wait("grp_1", &roster).await?;
/// # Ok(()) }
/// ```
#[must_use = "nothing is submitted before it is awaited"]
pub struct SubmitAndWait {
    context: Context,
    group_id: String,
    body: Result<Bytes, Error>,
    waiting: Waiting,
}

impl SubmitAndWait {
    pub(crate) fn new(context: Context, group_id: String, body: Result<Bytes, Error>) -> Self {
        Self { context, group_id, body, waiting: Waiting::default() }
    }

    waiting_setters!();

    async fn run(self) -> Result<SyncState, Error> {
        let Self { context, group_id, body, waiting } = self;
        submit_and_watch(&context, group_id, body, waiting).await.map(|(state, _)| state)
    }
}

impl IntoFuture for SubmitAndWait {
    type Output = Result<SyncState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl Waiting {
    fn tell(&mut self, progress: Progress) {
        if let Some(callback) = &mut self.on_progress {
            callback(progress);
        }
    }
}

/// Submits a body and waits for its end; one deadline bounds both. Also says whether the
/// submission was sent more than once.
pub(crate) async fn submit_and_watch(
    context: &Context,
    group_id: String,
    body: Result<Bytes, Error>,
    mut waiting: Waiting,
) -> Result<(SyncState, bool), Error> {
    let deadline = Deadline::after(context.clock(), waiting.deadline);
    let options = waiting.options.clone().until(deadline);
    let submit = submission::submit(context.clone(), group_id.clone(), body);
    let response = submit.options(options).send().await?;
    let (mut receipt, repeated) = (response.data, response.metadata.repeated);
    if receipt.group_id.is_empty() {
        receipt.group_id = group_id;
    } else if receipt.group_id != group_id {
        let why = "the receipt names another group than the one that was submitted to";
        return Err(Error::new(ErrorKind::ResponseValidation, why)
            .with_operation("groups.members.sync.submit")
            .with_outcome_unknown(true));
    }
    let handle = SyncHandle::from(receipt);
    waiting.tell(Progress {
        handle: handle.clone(),
        polls: 0,
        elapsed: Duration::ZERO,
        state: None,
        last_error: None,
    });
    watch(context, handle, waiting, deadline).await.map(|state| (state, repeated))
}

async fn watch(
    context: &Context,
    handle: SyncHandle,
    mut waiting: Waiting,
    deadline: Deadline,
) -> Result<SyncState, Error> {
    let clock = context.clock();
    let started = clock.now();
    let mut last_trouble: Option<Error> = None;
    let mut was_last = false;
    for look in 0_u32.. {
        let options = waiting.options.clone().until(deadline).max_retries(0);
        let request = submission::retrieve(context.clone(), handle.clone()).options(options);
        let asked;
        let mut progress = Progress {
            handle: handle.clone(),
            polls: look.saturating_add(1),
            elapsed: Duration::ZERO,
            state: None,
            last_error: None,
        };
        let outcome = request.send().await;
        progress.elapsed = clock.now().saturating_sub(started);
        match outcome {
            Ok(answer) if answer.data.request_id != handle.request_id => {
                let why = "the response is about another sync request than the one waited for";
                return Err(Error::new(ErrorKind::ResponseValidation, why)
                    .with_operation("groups.members.sync.retrieve")
                    .with_handle(handle));
            }
            Ok(answer) if answer.data.is_completed() => {
                progress.state = Some(answer.data.clone());
                waiting.tell(progress);
                return Ok(answer.data);
            }
            Ok(answer) => {
                let status = answer.metadata.status.as_u16();
                asked = ServerHints::read(&answer.metadata.headers, status, clock.wall()).delay;
                last_trouble = None;
                progress.state = Some(answer.data);
            }
            Err(error) if error.is_transient() => {
                asked = error.retry_after();
                progress.last_error = Some(error.kind());
                last_trouble = Some(error);
            }
            Err(error) if error.kind() == ErrorKind::Deadline => {
                return Err(ended(deadline.error(), handle, last_trouble.or(Some(error))));
            }
            Err(error) => return Err(error.with_handle(handle)),
        }
        waiting.tell(progress);

        let own = waiting.poll.delay(look, clock.jitter());
        match poll::next(own, asked, deadline.remaining(clock), was_last) {
            Next::Poll(delay) => clock.sleep(delay).await,
            Next::Last(delay) => {
                was_last = true;
                clock.sleep(delay).await;
            }
            Next::End(left) => {
                clock.sleep(left).await;
                return Err(ended(deadline.error(), handle, last_trouble));
            }
            Next::AskedTooLong(asked) => {
                let asked = HumanDuration(asked);
                let why = format!("the server asked to wait {asked}, which is past");
                return Err(ended(deadline.error_ahead(&why), handle, last_trouble));
            }
        }
    }
    Err(Error::new(ErrorKind::Internal, "a wait ran out of numbers").with_handle(handle))
}

fn ended(error: Error, handle: SyncHandle, last_error: Option<Error>) -> Error {
    let error = error
        .with_note("the sync goes on at the server")
        .with_operation("groups.members.sync.wait")
        .with_handle(handle);
    match last_error {
        Some(last_error) => error.with_source(last_error),
        None => error,
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl fmt::Debug for SubmitAndWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubmitAndWait").field("group_id", &self.group_id).finish_non_exhaustive()
    }
}
