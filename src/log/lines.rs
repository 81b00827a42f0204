//! Formats a log line: as text for people, or as one JSON object. Both are one line without terminal control
//! characters.

mod json;
mod text;
mod time;

use std::fmt;
use std::io::IsTerminal;

use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::course::FindRequest;
use crate::settings::LogFormat;
use json::JsonLine;
use text::TextLine;

/// Writes events as lines.
pub(super) struct Lines {
    format: LogFormat,
    is_for_a_terminal: bool,
    find_request: FindRequest,
}

/// Returns whether the event reports a client's fault on its connection. It is no fault of the server, whatever level
/// actix gives it: any client can send something other than HTTP.
pub(super) fn is_about_a_client(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::WARN
        && ["actix_http::h1::dispatcher", "actix_http::h1::decoder", "actix_http::h2"]
            .iter()
            .any(|module| metadata.target().starts_with(module))
}

impl Lines {
    pub(super) fn new(format: LogFormat, find_request: FindRequest) -> Self {
        Self { format, is_for_a_terminal: std::io::stderr().is_terminal(), find_request }
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        let level = if is_about_a_client(metadata) { Level::DEBUG } else { *metadata.level() };
        let names_request = metadata.fields().field("request_id").is_some();
        let request = if names_request { None } else { (self.find_request)() };
        match self.format {
            LogFormat::Text => {
                let mut line = TextLine::new(self.is_for_a_terminal);
                event.record(&mut line);
                if let Some(request) = request {
                    line.name_request(&request);
                }
                line.write(&mut writer, level)
            }
            LogFormat::Json => {
                let mut line = JsonLine::new("");
                event.record(&mut line);
                if let Some(request) = request {
                    line.name_request(request);
                }
                line.write(&mut writer, level, metadata.target())
            }
        }
    }
}

/// Returns the line with the number of dropped lines.
pub(super) fn lost_line(format: LogFormat, lines: u64) -> String {
    let message = "lines of the log were lost: they came faster than they could be written, or could not be written";
    let mut text = String::new();
    let mut writer = Writer::new(&mut text);
    let written = match format {
        LogFormat::Text => TextLine::of_lost_lines(message, lines).write(&mut writer, Level::WARN),
        LogFormat::Json => JsonLine::of_lost_lines(message, lines).write(&mut writer, Level::WARN, module_path!()),
    };
    written.expect("a text takes every text");
    text
}
