//! Lines for people: time, level, message, and the fields as `name=value`.

use std::fmt::{self, Write as _};

use tracing::Level;
use tracing::field::{Field, Visit};
use tracing_subscriber::fmt::format::Writer;

use super::time::write_now;
use crate::identity::{is_visible, printable};
use crate::log::course::RequestName;

const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Room for most messages, and for most fields of a line: less is moved while they are written.
const ROOM_BYTES: usize = 120;

/// The message and the fields of an event, as they are printed.
pub(super) struct TextLine {
    message: String,
    fields: String,
    is_for_a_terminal: bool,
}

impl TextLine {
    pub(super) fn new(is_for_a_terminal: bool) -> Self {
        let room = || String::with_capacity(ROOM_BYTES);
        Self { message: room(), fields: room(), is_for_a_terminal }
    }

    pub(super) fn of_lost_lines(message: &str, lines: u64) -> Self {
        let mut line = Self::new(false);
        line.message.push_str(message);
        line.put("lines_lost", format_args!("{lines}"));
        line
    }

    /// Adds the request that is served.
    pub(super) fn name_request(&mut self, request: &RequestName) {
        self.put("request_id", format_args!("{}", request.request_id));
        if let Some(client) = request.client {
            self.put("client", format_args!("{client}"));
        }
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>, level: Level) -> fmt::Result {
        let (dim, colour, plain) = match self.is_for_a_terminal {
            true => (DIM, colour(level), PLAIN),
            false => ("", "", ""),
        };
        writer.write_str(dim)?;
        write_now(writer)?;
        write!(writer, "{plain} {colour}{level:>5}{plain} {}", printable(&self.message))?;
        writer.write_str(&self.fields)?;
        writer.write_char('\n')
    }

    fn put(&mut self, name: &str, value: fmt::Arguments<'_>) {
        let fields = &mut self.fields;
        let (dim, plain) = if self.is_for_a_terminal { (DIM, PLAIN) } else { ("", "") };
        for part in [" ", dim, name, "=", plain] {
            fields.push_str(part);
        }
        let begin = fields.len();
        fields.write_fmt(value).expect("a String takes all that is written");
        // In quotation marks where it could be taken for something else.
        if !is_one_word(&fields[begin..]) {
            let quoted = format!("\"{}\"", printable(&fields[begin..]));
            fields.replace_range(begin.., &quoted);
        }
    }

    fn record(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        match field.name() {
            "message" => self.message.write_fmt(value).expect("a String takes all that is written"),
            // What a record of the `log` crate says of itself is where it stands in somebody's sources.
            name if name.starts_with("log.") => {}
            name => self.put(name, value),
        }
    }
}

impl Visit for TextLine {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record(field, format_args!("{value}"));
    }
}

fn is_one_word(text: &str) -> bool {
    let is_part = |letter: char| match letter {
        '0'..='9' | 'a'..='z' | 'A'..='Z' | '-' | '.' | '_' | ':' | '/' | '[' | ']' | '@' | '+' => true,
        _ => !letter.is_ascii() && letter.is_alphanumeric() && is_visible(letter),
    };
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

    fn text(value: &str) -> String {
        let mut line = TextLine::new(false);
        line.message.push_str(value);
        line.put("origin", format_args!("{value}"));
        let mut text = String::new();
        line.write(&mut Writer::new(&mut text), Level::WARN).unwrap();
        text.split_once(" WARN ").unwrap().1.to_owned()
    }

    #[test]
    fn what_a_client_sent_is_one_line_and_steers_no_terminal() {
        assert_eq!(
            text("a\r\nb\x1b[2Jc\u{202e}d"),
            "a\\r\\nb\\u{1b}[2Jc\\u{202e}d origin=\"a\\r\\nb\\u{1b}[2Jc\\u{202e}d\"\n"
        );
    }

    #[test]
    fn plain_values_stay_plain() {
        assert_eq!(text("http://localhost:5173"), "http://localhost:5173 origin=http://localhost:5173\n");
        assert_eq!(text("two words"), "two words origin=\"two words\"\n");
        assert_eq!(text(""), " origin=\"\"\n");
    }
}
