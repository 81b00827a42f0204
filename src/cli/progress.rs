//! The progress of a long command: a bar on a terminal, otherwise a line every 10 seconds.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::terminal::print_line;

/// The time between two lines where no bar can be drawn.
const EVERY: Duration = Duration::from_secs(10);

/// What is done where no bar can be drawn, because standard error is no terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithoutBar {
    /// A line is printed now and then.
    Lines,
    /// Nothing is printed: standard output is for something else.
    Nothing,
}

pub(super) struct Progress {
    /// Draws nothing unless standard error is a terminal.
    bar: ProgressBar,
    without_bar: WithoutBar,
    doing: String,
    said_at: Instant,
}

impl Progress {
    pub(super) fn new(without_bar: WithoutBar) -> Self {
        let style = ProgressStyle::with_template("{msg:26} {bar:30} {human_pos}/{human_len} {rate}, {eta} left")
            .expect("the template is one")
            .with_key("rate", |bar: &ProgressState, text: &mut dyn fmt::Write| {
                // Writing fails only if the text cannot grow, and this closure cannot report it.
                let _ = write!(text, "{:.0}/s", bar.per_sec());
            });
        let bar = ProgressBar::new(0).with_style(style);
        Self { bar, without_bar, doing: String::new(), said_at: Instant::now() }
    }

    /// Shows that `done` of `of` things are done, which are called `things`.
    pub(super) fn tell(&mut self, doing: &str, things: &str, done: u64, of: u64) {
        if self.doing != doing {
            doing.clone_into(&mut self.doing);
            self.bar.reset();
            self.bar.set_message(self.doing.clone());
        }
        self.bar.set_length(of);
        self.bar.set_position(done);
        let is_due = self.said_at.elapsed() >= EVERY;
        if self.bar.is_hidden() && is_due && self.without_bar == WithoutBar::Lines {
            self.said_at = Instant::now();
            // The work goes on without the line.
            let _ = print_line(&format!("{doing}: {done} of {of} {things}"));
        }
    }

    /// Removes the bar.
    pub(super) fn end(self) {
        self.bar.finish_and_clear();
    }
}
