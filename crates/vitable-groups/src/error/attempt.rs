//! One attempt of a call, as it is told afterwards.

use std::time::Duration;

/// One attempt of a call.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let answer = client.groups().retrieve("grp_1").send().await?;
/// for attempt in &answer.metadata.attempts {
///     println!("{} after {:?}, then waited {:?}", attempt.reason, attempt.elapsed, attempt.delay);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// Why it was not the last one, or why it failed: `503`, `timeout`, `connection`, ...
    pub reason: String,
    /// The wait that followed it.
    pub delay: Option<Duration>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Attempt {
    /// An attempt that took no time and was not followed by a wait.
    pub fn new(status: Option<u16>, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status, reason, delay: None, elapsed: Duration::ZERO }
    }
}
