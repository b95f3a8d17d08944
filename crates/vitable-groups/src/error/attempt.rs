//! Attempts of a call.

use std::time::Duration;

/// An attempt of a call.
///
/// ```no_run
/// # async fn run(client: vitable_groups::Client) -> Result<(), vitable_groups::Error> {
/// let response = client.groups().retrieve("grp_1").send().await?;
/// for attempt in &response.metadata.attempts {
///     println!("{} after {:?}, then waited {:?}", attempt.reason, attempt.elapsed, attempt.delay);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The response status, if there was a response.
    pub status: Option<u16>,
    /// `ok`, or why it failed: `503`, `timeout`, `connection`, ...
    pub reason: String,
    /// The wait before the next attempt.
    pub delay: Option<Duration>,
    /// How long the attempt took.
    pub elapsed: Duration,
}

impl Attempt {
    /// An attempt without duration or delay.
    pub fn new(status: Option<u16>, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { status, reason, delay: None, elapsed: Duration::ZERO }
    }
}
