//! The progress bar of a wait.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vitable_groups::HumanDuration;

/// Shows the elapsed time of a wait on a terminal; hidden otherwise.
#[derive(Clone, Debug)]
pub(crate) struct WaitBar(ProgressBar);

impl WaitBar {
    pub(super) fn new(shown: bool, color: bool, deadline: Duration) -> Self {
        let bar = ProgressBar::new(deadline.as_secs().max(1));
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        bar.set_draw_target(target);
        let paint = if color { ".cyan" } else { "" };
        let template = format!(
            "{{spinner{paint}}} {{msg}} [{{bar:24{paint}}}] {{elapsed}} of {}",
            HumanDuration(deadline)
        );
        // A wrong template would only fall back to the default style.
        let style = ProgressStyle::with_template(&template)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("=> ");
        bar.set_style(style);
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self(bar)
    }

    /// Updates the bar.
    pub(crate) fn show(&self, elapsed: Duration, message: String) {
        self.0.set_position(elapsed.as_secs());
        self.0.set_message(message);
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
