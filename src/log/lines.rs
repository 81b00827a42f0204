//! Formats a log line: as text for people, or as one JSON object. Both are one line without terminal control
//! characters.

use std::collections::BTreeMap;
use std::fmt;
use std::io::IsTerminal;

use serde::Serialize;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::course::FindRequest;
use crate::identity::{is_visible, printable};
use crate::settings::LogFormat;

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
        let mut line = Line::default();
        event.record(&mut line);
        if !line.fields.iter().any(|(name, _)| *name == "request_id")
            && let Some(request) = (self.find_request)()
        {
            line.fields.push(("request_id", Value::from(request.request_id)));
            line.fields.extend(request.client.map(|client| ("client", Value::from(client))));
        }
        let metadata = event.metadata();
        let level = if is_about_a_client(metadata) { Level::DEBUG } else { *metadata.level() };
        match self.format {
            LogFormat::Text => line.write_text(&mut writer, level, self.is_for_a_terminal),
            LogFormat::Json => {
                let target = line.target.take().unwrap_or_else(|| metadata.target().to_owned());
                line.write_json(&mut writer, level, &target)
            }
        }
    }
}

/// Returns the line with the number of dropped lines.
pub(super) fn lost_line(format: LogFormat, lines: u64) -> String {
    let message = "lines of the log were lost: they came faster than they could be written, or could not be written";
    let line = Line { message: message.to_owned(), target: None, fields: vec![("lines_lost", Value::from(lines))] };
    let mut text = String::new();
    let mut writer = Writer::new(&mut text);
    let written = match format {
        LogFormat::Text => line.write_text(&mut writer, Level::WARN, false),
        LogFormat::Json => line.write_json(&mut writer, Level::WARN, module_path!()),
    };
    written.expect("a text takes every text");
    text
}

/// The message and the fields of an event.
#[derive(Default)]
struct Line {
    message: String,
    /// The target of a record of the `log` crate; other events have it in their metadata.
    target: Option<String>,
    fields: Vec<(&'static str, Value)>,
}

impl Line {
    fn write_text(&self, writer: &mut Writer<'_>, level: Level, is_for_a_terminal: bool) -> fmt::Result {
        let (dim, colour, plain) = match is_for_a_terminal {
            true => ("\x1b[2m", colour(level), "\x1b[0m"),
            false => ("", "", ""),
        };
        writer.write_str(dim)?;
        SystemTime.format_time(writer)?;
        write!(writer, "{plain} {colour}{level:>5}{plain} {}", printable(&self.message))?;
        for (name, value) in &self.fields {
            write!(writer, " {dim}{name}={plain}")?;
            match value {
                // In quotation marks where it could be taken for something else.
                Value::String(text) if is_one_word(text) => writer.write_str(text)?,
                Value::String(text) => write!(writer, "\"{}\"", printable(text))?,
                other => write!(writer, "{other}")?,
            }
        }
        writer.write_char('\n')
    }

    fn write_json(self, writer: &mut Writer<'_>, level: Level, target: &str) -> fmt::Result {
        #[derive(Serialize)]
        struct Written<'a> {
            timestamp: String,
            level: &'a str,
            fields: BTreeMap<&'a str, Value>,
            target: &'a str,
        }

        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let fields = [("message", Value::from(self.message))].into_iter().chain(self.fields).collect();
        let line = Written { timestamp, level: level.as_str(), fields, target };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        // A log collector shows lines to people as well. JSON has another spelling for every character.
        for letter in line.chars() {
            match is_visible(letter) {
                true => writer.write_char(letter)?,
                false => {
                    letter.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(writer, "\\u{unit:04x}"))?
                }
            }
        }
        writer.write_char('\n')
    }

    fn put(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            ("message", value) => self.message = value.to_string(),
            ("log.target", Value::String(target)) => self.target = Some(target),
            // The rest of what a record of the `log` crate says of itself is where it stands in somebody's sources.
            (name, _) if name.starts_with("log.") => {}
            (name, value) => self.fields.push((name, value)),
        }
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::from(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::from(value));
    }
}

fn is_one_word(text: &str) -> bool {
    let is_part = |letter: char| (letter.is_alphanumeric() && is_visible(letter)) || "-._:/[]@+".contains(letter);
    !text.is_empty() && text.chars().all(is_part)
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::ERROR => "\x1b[31m",
        Level::WARN => "\x1b[33m",
        Level::INFO => "\x1b[32m",
        Level::DEBUG => "\x1b[34m",
        Level::TRACE => "\x1b[35m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(value: &str) -> Line {
        Line { message: value.to_owned(), target: None, fields: vec![("origin", Value::from(value))] }
    }

    fn text(value: &str) -> String {
        let mut text = String::new();
        line(value).write_text(&mut Writer::new(&mut text), Level::WARN, false).unwrap();
        text.split_once(" WARN ").unwrap().1.to_owned()
    }

    #[test]
    fn what_a_client_sent_is_one_line_and_steers_no_terminal() {
        assert_eq!(
            text("a\r\nb\x1b[2Jc\u{202e}d"),
            "a\\r\\nb\\u{1b}[2Jc\\u{202e}d origin=\"a\\r\\nb\\u{1b}[2Jc\\u{202e}d\"\n"
        );
        let mut json = String::new();
        line("a\n\"b\"").write_json(&mut Writer::new(&mut json), Level::WARN, "here").unwrap();
        assert_eq!(json.lines().count(), 1);
        let mut hidden = String::new();
        line("a\u{202e}b\u{e0041}").write_json(&mut Writer::new(&mut hidden), Level::WARN, "here").unwrap();
        assert!(hidden.contains("a\\u202eb\\udb40\\udc41"), "{hidden}");
        let read: Value = serde_json::from_str(&hidden).unwrap();
        assert_eq!(read["fields"]["message"], "a\u{202e}b\u{e0041}");
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&read["fields"]["message"], &read["fields"]["origin"]), (&"a\n\"b\"".into(), &"a\n\"b\"".into()));
        assert_eq!((&read["level"], &read["target"]), (&"WARN".into(), &"here".into()));
    }

    #[test]
    fn plain_values_stay_plain() {
        assert_eq!(text("http://localhost:5173"), "http://localhost:5173 origin=http://localhost:5173\n");
        assert_eq!(text("two words"), "two words origin=\"two words\"\n");
    }
}
