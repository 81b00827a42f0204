//! Declarations of profile fields and values for them, drawn by proptest: any that an operator may write, and any that
//! a client may send.
#![allow(dead_code, reason = "two test programs share it, and each uses a part of it")]

use countersign::Settings;
use countersign::profile_fields::ProfileFields;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::string::string_regex;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Patterns of text fields. proptest draws texts that match them.
const PATTERNS: &[&str] = &["[^!]*", "[0-9]{2,5}", "[a-zäöüß ]+", "(?:ab|c)*d?", r"\PC{1,8}"];

/// A field as an operator declares it: the keys of `[[profile_fields]]`.
#[derive(Clone, Debug)]
pub struct DrawnField(Map<String, Value>);

impl DrawnField {
    pub fn name(&self) -> &str {
        self.text("name").expect("it has one")
    }

    pub fn is_required(&self) -> bool {
        self.0.get("required") == Some(&Value::Bool(true))
    }

    /// Whether a registration takes the field.
    pub fn is_taken_at_registration(&self) -> bool {
        matches!(self.text("editable"), None | Some("always" | "at-registration"))
    }

    /// Whether users may change it later.
    pub fn is_changeable(&self) -> bool {
        matches!(self.text("editable"), None | Some("always" | "after-registration"))
    }

    /// Whether `shown` is what users see who gave no value.
    pub fn is_shown_as_nothing(&self, shown: &Value) -> bool {
        let is_nullable = self.0.get("nullable") == Some(&Value::Bool(true));
        match self.0.get("default") {
            Some(default) => self.is_shown_as(default, shown),
            None if self.text("type") == Some("text") && !is_nullable => shown == "",
            None => shown.is_null(),
        }
    }

    /// Whether `shown` is what an accepted value must be shown as.
    pub fn is_shown_as(&self, sent: &Value, shown: &Value) -> bool {
        if sent.is_null() {
            return shown.is_null();
        }
        match (self.text("type").expect("it has one"), sent) {
            ("text", Value::String(text)) => *shown == text.trim_matches(is_blank_of_python),
            ("choice", Value::String(_)) | ("boolean", Value::Bool(_)) => shown == sent,
            ("integer", Value::Number(number)) if number.is_i64() => shown == sent,
            ("date", Value::String(text)) if text.len() == 10 => shown == sent,
            ("text" | "choice", _) => shown.is_string(),
            ("integer", _) => shown.is_i64(),
            ("boolean", _) => shown.is_boolean() || shown.is_null(),
            (_, _) => shown.as_str().is_some_and(|text| text.len() == 10),
        }
    }

    /// The field in `settings.toml`. JSON's texts, numbers and lists are TOML's as well.
    pub fn toml(&self) -> String {
        let keys = self.0.iter().map(|(key, value)| format!("{key} = {value}\n"));
        format!("[[profile_fields]]\n{}", keys.collect::<String>())
    }

    fn inline(&self) -> String {
        let keys: Vec<_> = self.0.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        format!("{{ {} }}", keys.join(", "))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str)
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.0.get(key).and_then(Value::as_i64)
    }

    /// Values most of which fit.
    fn value(&self) -> BoxedStrategy<Value> {
        let fitting = match self.text("type").expect("it has one") {
            "text" => match self.text("pattern") {
                Some(pattern) => string_regex(pattern).expect("proptest knows it").prop_map(Value::from).boxed(),
                None => {
                    let (min, max) = (self.number("min_length").unwrap_or(0), self.number("max_length").unwrap_or(40));
                    string_regex(&format!(".{{{min},{max}}}")).expect("a regex").prop_map(Value::from).boxed()
                }
            },
            "integer" => {
                let largest = 9_007_199_254_740_991;
                let (min, max) = (self.number("min").unwrap_or(-largest), self.number("max").unwrap_or(largest));
                (min..=max).prop_map(Value::from).boxed()
            }
            "boolean" => any::<bool>().prop_map(Value::from).boxed(),
            "date" => {
                let ends = ["min", "max"].into_iter().filter_map(|key| self.text(key)).map(str::to_owned);
                let days = prop_oneof![select(ends.chain(["2024-02-29".to_owned()]).collect::<Vec<_>>()), day()];
                days.prop_map(Value::from).boxed()
            }
            _ => select(self.0["choices"].as_array().expect("a list").clone()).boxed(),
        };
        prop_oneof![6 => fitting, 1 => Just(Value::Null), 2 => any_value()].boxed()
    }
}

/// What Python strips of texts.
fn is_blank_of_python(letter: char) -> bool {
    letter.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&letter)
}

fn day() -> impl Strategy<Value = String> {
    (1_i32..=9_999, 1_u32..=12, 1_u32..=28).prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// Values of all shapes that JSON has.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-10_i64..200).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[ -~]{1,10}".prop_map(Value::from),
        "[ \t\r\n\u{1c}\u{a0}\u{3000}]{0,2}[a-z\u{0}\u{7f}\u{85}\u{200b}\u{202e}e\u{301}é]{0,6}[ \n]?"
            .prop_map(Value::from),
        "[0-9]{4}-1?[0-9]-[123]?[0-9]".prop_map(Value::from),
        select(vec!["on", "Off", "1", "null", "+7", "1_0"]).prop_map(Value::from),
        Just(json!([])),
        Just(json!({ "a": [null] })),
    ]
}

fn own_keys() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let sorted = |one: i64, other: i64| (one.min(other), one.max(other));
    let safe = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let choices = proptest::collection::btree_set(r"\PC{1,12}", 1..8);
    prop_oneof![
        (0_i64..4, 4_i64..60).prop_map(|(min, max)| vec![
            ("type", json!("text")),
            ("min_length", json!(min)),
            ("max_length", json!(max)),
        ]),
        (select(PATTERNS), 8_i64..60).prop_map(|(pattern, max)| vec![
            ("type", json!("text")),
            ("max_length", json!(max)),
            ("pattern", json!(pattern)),
        ]),
        Just(vec![("type", json!("text"))]),
        Just(vec![("type", json!("boolean"))]),
        Just(vec![("type", json!("integer"))]),
        (safe.clone(), safe).prop_map(move |(one, other)| {
            let (min, max) = sorted(one, other);
            vec![("type", json!("integer")), ("min", json!(min)), ("max", json!(max))]
        }),
        Just(vec![("type", json!("date"))]),
        (day(), day()).prop_map(|(one, other)| {
            let (min, max) = if one < other { (one, other) } else { (other, one) };
            vec![("type", json!("date")), ("min", json!(min)), ("max", json!(max))]
        }),
        choices.prop_map(|choices| vec![("type", json!("choice")), ("choices", json!(choices))]),
    ]
}

fn field(name: String) -> impl Strategy<Value = DrawnField> {
    let flag = || proptest::option::of(any::<bool>());
    let editable = select(vec!["always", "always", "at-registration", "after-registration", "never"]);
    let shown = select(vec!["owner", "logged-in"]);
    (own_keys(), flag(), flag(), editable, shown, any::<bool>()).prop_flat_map(
        move |(own, required, nullable, editable, shown, has_default)| {
            let flags = [("required", required), ("nullable", nullable)];
            let flags = flags.into_iter().filter_map(|(key, flag)| flag.map(|flag| (key, json!(flag))));
            let common = [("name", json!(name)), ("editable", json!(editable)), ("shown", json!(shown))];
            let keys: Map<_, _> =
                own.into_iter().chain(flags).chain(common).map(|(key, value)| (key.to_owned(), value)).collect();
            let plain = DrawnField(keys);
            let defaults = if has_default { plain.value() } else { Just(Value::Null).boxed() };
            defaults.prop_map(move |default| {
                let mut field = plain.clone();
                // Other values TOML has no form of, or a field no use.
                if default.is_string() || default.is_i64() || default.is_boolean() {
                    field.0.insert("default".to_owned(), default);
                }
                field
            })
        },
    )
}

/// Fields and values, one after another.
#[derive(Default)]
pub struct Draws(TestRunner);

impl Draws {
    /// Draws declarations until so many are sound.
    pub fn fields(&mut self, count: usize) -> Vec<DrawnField> {
        let mut fields = Vec::new();
        for number in 0..50 * count {
            let drawn = self.draw(&field(format!("field_{number}")));
            if load(std::slice::from_ref(&drawn)).is_some() {
                fields.push(drawn);
            }
            if fields.len() == count {
                return fields;
            }
        }
        panic!("of {} declarations, {} are sound", 50 * count, fields.len());
    }

    /// Draws a value for a field.
    pub fn value(&mut self, field: &DrawnField) -> Value {
        self.draw(&field.value())
    }

    fn draw<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        strategy.new_tree(&mut self.0).expect("nothing is filtered").current()
    }
}

/// Reads declarations as the program does at its start.
pub fn load(fields: &[DrawnField]) -> Option<ProfileFields> {
    let list: Vec<_> = fields.iter().map(DrawnField::inline).collect();
    let variable = ("COUNTERSIGN__PROFILE_FIELDS".to_owned(), format!("[{}]", list.join(", ")));
    Settings::load(None, [variable]).ok().map(|settings| settings.profile_fields)
}
