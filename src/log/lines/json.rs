//! Lines for log collectors: one JSON object each.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;
use tracing::Level;
use tracing::field::{Field, Visit};
use tracing_subscriber::fmt::format::Writer;

use super::time::write_now;
use crate::identity::is_visible;
use crate::log::course::RequestName;

/// The message and the fields of an event.
pub(super) struct JsonLine {
    /// The message is one of them, and always there.
    fields: BTreeMap<&'static str, Value>,
    /// The target of a record of the `log` crate; other events have it in their metadata.
    target: Option<String>,
}

impl JsonLine {
    pub(super) fn new(message: &str) -> Self {
        Self { fields: BTreeMap::from([("message", Value::from(message))]), target: None }
    }

    pub(super) fn of_lost_lines(message: &str, lines: u64) -> Self {
        let mut line = Self::new(message);
        line.fields.insert("lines_lost", Value::from(lines));
        line
    }

    /// Adds the request that is served.
    pub(super) fn name_request(&mut self, request: RequestName) {
        self.fields.insert("request_id", Value::from(request.request_id));
        if let Some(client) = request.client {
            self.fields.insert("client", Value::from(client.to_string()));
        }
    }

    pub(super) fn write(&self, writer: &mut Writer<'_>, level: Level, target: &str) -> fmt::Result {
        #[derive(Serialize)]
        struct Written<'a> {
            timestamp: String,
            level: &'a str,
            fields: &'a BTreeMap<&'a str, Value>,
            target: &'a str,
        }

        let mut timestamp = String::new();
        write_now(&mut Writer::new(&mut timestamp))?;
        let target = self.target.as_deref().unwrap_or(target);
        let line = Written { timestamp, level: level.as_str(), fields: &self.fields, target };
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
            ("log.target", Value::String(target)) => self.target = Some(target),
            // The rest of what a record of the `log` crate says of itself is where it stands in somebody's sources.
            (name, _) if name.starts_with("log.") => {}
            (name, value) => drop(self.fields.insert(name, value)),
        }
    }
}

impl Visit for JsonLine {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> String {
        let mut line = JsonLine::new(value);
        line.fields.insert("origin", Value::from(value));
        let mut text = String::new();
        line.write(&mut Writer::new(&mut text), Level::WARN, "here").unwrap();
        text
    }

    #[test]
    fn what_a_client_sent_is_one_line_and_steers_no_terminal() {
        let plain = written("a\n\"b\"");
        assert_eq!(plain.lines().count(), 1);
        let read: Value = serde_json::from_str(&plain).unwrap();
        assert_eq!((&read["fields"]["message"], &read["fields"]["origin"]), (&"a\n\"b\"".into(), &"a\n\"b\"".into()));
        assert_eq!((&read["level"], &read["target"]), (&"WARN".into(), &"here".into()));

        let hidden = written("a\u{202e}b\u{e0041}");
        assert!(hidden.contains("a\\u202eb\\udb40\\udc41"), "{hidden}");
        let read: Value = serde_json::from_str(&hidden).unwrap();
        assert_eq!(read["fields"]["message"], "a\u{202e}b\u{e0041}");
    }
}
