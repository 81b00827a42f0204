//! The log: one line for each event on standard error, for people or for machines.
//!
//! Three rules hold here and nowhere else. A line that cannot be written is dropped, and no thread that answers
//! requests waits for it (`sink`). A line is one line, whatever a client sent (`lines`). A line that is written while a
//! request is served names that request.
//!
//! Only the program uses this; an embedding program brings a subscriber of its own.

mod allowance;
mod course;
mod lines;
mod once;
mod panics;
mod sink;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt, Targets, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::identity::printable_lines;
use crate::settings::{LogFormat, LogSettings};
use lines::{Lines, is_about_a_client};
use sink::Sink;

pub(crate) use allowance::Allowance;
pub(crate) use course::{FindRequest, RequestName};
pub(crate) use course::{in_the_course_of, request_of_this_task};
pub(crate) use once::Once;

/// The running log. Dropping it waits for what is not written yet, at most a second.
pub(crate) struct Log {
    sink: Sink,
    format: LogFormat,
}

/// What the web server says of itself when it starts; ours says it better. And what ours says when it starts is no
/// matter of levels. Directives in the settings go before.
const BESIDE: &str = "actix_server=warn,countersign::cli::serve=info";

impl Log {
    /// Starts the log of this process, panics included.
    pub(crate) fn start(settings: &LogSettings, find_request: FindRequest) -> Self {
        let sink = Sink::to_standard_error(settings.format);
        let filter = EnvFilter::try_new(format!("{BESIDE},{}", settings.level));
        let filter = filter.expect("the settings accept no other filters");
        let shows_clients = shows_debug_of_http(&settings.level, &filter);
        let filter = filter.and(filter_fn(move |metadata| shows_clients || !is_about_a_client(metadata)));
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .event_format(Lines::new(settings.format, find_request))
            .with_writer(sink.clone())
            .with_filter(filter);
        tracing_subscriber::registry().with(layer).init();
        panics::log_them();
        Self { sink, format: settings.format }
    }

    /// Returns whether lines are for machines.
    pub(crate) fn is_json(&self) -> bool {
        self.format == LogFormat::Json
    }

    /// Writes text that is no event, between the lines.
    pub(crate) fn print(&self, text: &str) {
        self.sink.print(&printable_lines(text));
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.sink.finish();
    }
}

/// Returns whether `level` shows lines of level DEBUG about what clients do to their connections.
fn shows_debug_of_http(level: &str, filter: &EnvFilter) -> bool {
    match level.parse::<Targets>() {
        Ok(targets) => targets.would_enable("actix_http", &tracing::Level::DEBUG),
        // Directives about spans and fields are not for `Targets`.
        Err(_) => filter.max_level_hint().is_none_or(|level| level >= LevelFilter::DEBUG),
    }
}
