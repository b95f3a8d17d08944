//! Waits for a sync to complete.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;

use super::poll::{self, Next, PollPolicy};
use super::{MemberSyncs, submission};
use crate::call::RequestOptions;
use crate::context::Context;
use crate::error::{Error, ErrorKind, SyncHandle};
use crate::retry::ServerHints;
use crate::time::{BoxFuture, Deadline, HumanDuration};
use vitable_groups_model::SyncState;

/// The default deadline of a wait.
///
/// ```
/// assert_eq!(vitable_groups::DEFAULT_WAIT_DEADLINE.as_secs(), 600);
/// ```
pub const DEFAULT_WAIT_DEADLINE: Duration = Duration::from_secs(600);

/// Sync progress, passed to `on_progress`.
///
/// ```no_run
/// use vitable_groups::SyncHandle;
///
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let wait = client.groups().members().sync().wait(SyncHandle::new("grp_1", "grpmsr_1"));
/// wait.on_progress(|progress| println!("poll {} after {:?}", progress.polls, progress.elapsed)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SyncProgress {
    /// The sync request.
    pub handle: SyncHandle,
    /// Polls so far; 0 right after the submission.
    pub polls: u32,
    /// Time since the wait started.
    pub elapsed: Duration,
    /// The most recent state.
    pub state: Option<SyncState>,
    /// The kind of error, if the last poll failed; the wait continues.
    pub last_error: Option<ErrorKind>,
}

pub(crate) type OnProgress = Box<dyn FnMut(SyncProgress) + Send>;

/// The options of a wait.
pub(crate) struct WaitOptions {
    pub(crate) deadline: Option<Duration>,
    pub(crate) poll: PollPolicy,
    pub(crate) on_progress: Option<OnProgress>,
    pub(crate) request: RequestOptions,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            deadline: Some(DEFAULT_WAIT_DEADLINE),
            poll: PollPolicy::default(),
            on_progress: None,
            request: RequestOptions::new(),
        }
    }
}

/// Setters for the [`WaitOptions`] in a type's `options` field.
macro_rules! wait_option_setters {
    () => {
        /// The maximum time to wait; 10 minutes by default. `None` waits indefinitely.
        pub fn deadline(mut self, deadline: impl Into<Option<std::time::Duration>>) -> Self {
            self.options.deadline = deadline.into();
            self
        }

        /// How often to poll.
        pub fn poll(mut self, policy: $crate::api::member_sync::poll::PollPolicy) -> Self {
            self.options.poll = policy;
            self
        }

        /// A callback that runs after the submission and after every poll.
        pub fn on_progress(
            mut self,
            callback: impl FnMut($crate::api::member_sync::SyncProgress) + Send + 'static,
        ) -> Self {
            self.options.on_progress = Some(Box::new(callback));
            self
        }

        /// Options of the requests. Their deadline is ignored; set [`Self::deadline`].
        pub fn options(mut self, options: $crate::call::RequestOptions) -> Self {
            self.options.request = options;
            self
        }
    };
}

pub(crate) use wait_option_setters;

/// A wait for a sync; `.await` it.
///
/// Transient failures do not end the wait. If it fails with [`ErrorKind::Deadline`], resume it with
/// [`Error::sync_handle`].
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
#[must_use = "a wait starts when it is awaited"]
pub struct Wait {
    context: Context,
    handle: SyncHandle,
    options: WaitOptions,
}

impl Wait {
    pub(crate) fn new(context: Context, handle: SyncHandle) -> Self {
        Self { context, handle, options: WaitOptions::default() }
    }

    wait_option_setters!();

    async fn run(self) -> Result<SyncState, Error> {
        let deadline = Deadline::after(self.context.clock(), self.options.deadline);
        poll_until_complete(&self.context, self.handle, self.options, deadline).await
    }
}

impl IntoFuture for Wait {
    type Output = Result<SyncState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// A submission and the wait for its completion; `.await` it.
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
    options: WaitOptions,
}

impl SubmitAndWait {
    pub(crate) fn new(context: Context, group_id: String, body: Result<Bytes, Error>) -> Self {
        Self { context, group_id, body, options: WaitOptions::default() }
    }

    wait_option_setters!();

    async fn run(self) -> Result<SyncState, Error> {
        let Self { context, group_id, body, options } = self;
        submit_and_poll(&context, group_id, body, options).await.map(|(state, _)| state)
    }
}

impl IntoFuture for SubmitAndWait {
    type Output = Result<SyncState, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl WaitOptions {
    fn notify(&mut self, progress: SyncProgress) {
        if let Some(callback) = &mut self.on_progress {
            callback(progress);
        }
    }
}

/// Submits a body and polls until the sync has completed, within one deadline. Also returns whether
/// the submission was repeated.
pub(crate) async fn submit_and_poll(
    context: &Context,
    group_id: String,
    body: Result<Bytes, Error>,
    mut wait_options: WaitOptions,
) -> Result<(SyncState, bool), Error> {
    let deadline = Deadline::after(context.clock(), wait_options.deadline);
    let options = wait_options.request.clone().until(deadline);
    let submit = submission::submit(context.clone(), group_id.clone(), body);
    let response = submit.options(options).send().await?;
    let (mut receipt, repeated) = (response.data, response.metadata.repeated);
    if receipt.group_id.is_empty() {
        receipt.group_id = group_id;
    } else if receipt.group_id != group_id {
        let message = "the receipt is for another group than the one submitted to";
        return Err(Error::new(ErrorKind::ResponseValidation, message)
            .with_operation("groups.members.sync.submit")
            .with_outcome_unknown(true));
    }
    let handle = SyncHandle::from(receipt);
    wait_options.notify(SyncProgress {
        handle: handle.clone(),
        polls: 0,
        elapsed: Duration::ZERO,
        state: None,
        last_error: None,
    });
    poll_until_complete(context, handle, wait_options, deadline)
        .await
        .map(|state| (state, repeated))
}

async fn poll_until_complete(
    context: &Context,
    handle: SyncHandle,
    mut wait_options: WaitOptions,
    deadline: Deadline,
) -> Result<SyncState, Error> {
    let clock = context.clock();
    let started = clock.now();
    let mut last_error: Option<Error> = None;
    let mut was_last = false;
    for poll in 0_u32.. {
        let options = wait_options.request.clone().until(deadline).max_retries(0);
        let request = MemberSyncs(context.clone())
            .retrieve(&handle.request_id, &handle.group_id)
            .options(options);
        let server_delay;
        let mut progress = SyncProgress {
            handle: handle.clone(),
            polls: poll.saturating_add(1),
            elapsed: Duration::ZERO,
            state: None,
            last_error: None,
        };
        let result = request.send().await;
        progress.elapsed = clock.now().saturating_sub(started);
        match result {
            Ok(response) if response.data.request_id != handle.request_id => {
                let message = "the response is for another sync request than the one polled";
                return Err(Error::new(ErrorKind::ResponseValidation, message)
                    .with_operation("groups.members.sync.retrieve")
                    .with_handle(handle));
            }
            Ok(response) if response.data.is_completed() => {
                progress.state = Some(response.data.clone());
                wait_options.notify(progress);
                return Ok(response.data);
            }
            Ok(response) => {
                let status = response.metadata.status.as_u16();
                let headers = &response.metadata.headers;
                server_delay = ServerHints::read(headers, status, clock.wall()).delay;
                last_error = None;
                progress.state = Some(response.data);
            }
            Err(error) if error.is_transient() => {
                server_delay = error.retry_after();
                progress.last_error = Some(error.kind());
                last_error = Some(error);
            }
            Err(error) if error.kind() == ErrorKind::Deadline => {
                return Err(wait_ended(deadline.error(), handle, last_error.or(Some(error))));
            }
            Err(error) => return Err(error.with_handle(handle)),
        }
        wait_options.notify(progress);

        let interval = wait_options.poll.delay(poll, clock.jitter());
        match poll::next(interval, server_delay, deadline.remaining(clock), was_last) {
            Next::Poll(delay) => clock.sleep(delay).await,
            Next::Last(delay) => {
                was_last = true;
                clock.sleep(delay).await;
            }
            Next::End(remaining) => {
                clock.sleep(remaining).await;
                return Err(wait_ended(deadline.error(), handle, last_error));
            }
            Next::ServerDelayTooLong(delay) => {
                let delay = HumanDuration(delay);
                let reason = format!("the server requested a wait of {delay}, which exceeds");
                return Err(wait_ended(deadline.error_ahead(&reason), handle, last_error));
            }
        }
    }
    Err(Error::new(ErrorKind::Internal, "a wait polled too many times").with_handle(handle))
}

fn wait_ended(error: Error, handle: SyncHandle, last_error: Option<Error>) -> Error {
    let error = error
        .with_note("the sync keeps running on the server")
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
