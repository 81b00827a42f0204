//! The progress of a copy: a bar on a terminal, otherwise a line every 10 seconds.

use std::fmt;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::super::failure::{Failure, say};
use crate::app::database::{CopyProgress, CopyStage};

/// The time between two lines where no bar can be drawn.
const EVERY: Duration = Duration::from_secs(10);

pub(super) struct Progress {
    /// Draws nothing unless standard error is a terminal.
    bar: ProgressBar,
    doing: Option<(CopyStage, &'static str)>,
    said_at: Instant,
    copied_at: Option<Instant>,
    unheard: Option<Failure>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let style = ProgressStyle::with_template("{msg:26} {bar:30} {human_pos}/{human_len} {rate}, {eta} left")
            .expect("the template is one")
            .with_key("rate", |bar: &ProgressState, text: &mut dyn fmt::Write| {
                // Writing fails only if the text cannot grow, and this closure cannot report it.
                let _ = write!(text, "{:.0} rows/s", bar.per_sec());
            });
        let bar = ProgressBar::new(0).with_style(style);
        Self { bar, doing: None, said_at: Instant::now(), copied_at: None, unheard: None }
    }

    /// Shows the progress of the copy.
    pub(super) fn tell(&mut self, step: CopyProgress) {
        let CopyProgress { stage, table, rows, of } = step;
        if stage == CopyStage::Copying {
            self.copied_at = Some(Instant::now());
        }
        if self.doing != Some((stage, table)) {
            self.doing = Some((stage, table));
            self.bar.set_length(of);
            self.bar.reset();
            self.bar.set_message(doing(stage, table));
        }
        self.bar.set_position(rows);
        if self.bar.is_hidden() && self.said_at.elapsed() >= EVERY {
            self.said_at = Instant::now();
            if let Err(failure) = say(step) {
                self.unheard.get_or_insert(failure);
            }
        }
    }

    /// Returns when the last row so far was written.
    pub(super) fn copied_at(&self) -> Option<Instant> {
        self.copied_at
    }

    /// Removes the bar. Returns the first failure to print a line.
    pub(super) fn end(self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.unheard.map_or(Ok(()), Err)
    }
}

fn say(step: CopyProgress) -> Result<(), Failure> {
    say!("{}: {} of {} rows", doing(step.stage, step.table), step.rows, step.of);
    Ok(())
}

fn doing(stage: CopyStage, table: &str) -> String {
    match stage {
        CopyStage::Resuming => format!("looking through {table}"),
        CopyStage::Copying => format!("copying {table}"),
        CopyStage::CheckingTarget => format!("checking {table} (target)"),
        CopyStage::CheckingSource => format!("checking {table} (source)"),
    }
}
