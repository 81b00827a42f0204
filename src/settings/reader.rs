//! Reads each setting once into a value with its type, unit and range, and collects everything that is wrong.
//!
//! A refused value is recorded and replaced by the built-in default. So reading continues to the end, and the operator
//! sees all faults at once.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use toml::{Table, Value};

use super::error::{SettingsError, SettingsErrors};
use super::layers::Layers;
use super::requirement::{all_or_each_fault, hint, single_line};
use super::source::{Entry, Exposure, HIDDEN, Source, may_name_a_file, shown};
use crate::clock::Seconds;

/// The values in force, read one by one, and the list of their faults.
pub(super) struct Reader {
    layers: Layers,
    entries: Vec<Entry>,
}

impl Reader {
    pub(super) fn new(layers: Layers) -> Self {
        Self { layers, entries: Vec::new() }
    }

    /// Reads a text through `parse`, whose error tells what is allowed.
    pub(super) fn parsed<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        self.text_with(key, Exposure::Open, parse)
    }

    /// Reads a text that must not be empty.
    pub(super) fn text(&mut self, key: &str) -> String {
        self.parsed(key, |text| match text.trim() {
            "" => Err("it must not be empty".to_owned()),
            _ => single_line(text).map(str::to_owned),
        })
    }

    /// Reads a text for which empty means "not set".
    pub(super) fn optional<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.parsed(key, |text| if text.is_empty() { Ok(None) } else { parse(text).map(Some) })
    }

    pub(super) fn optional_text(&mut self, key: &str) -> Option<String> {
        self.optional(key, |text| single_line(text).map(str::to_owned))
    }

    pub(super) fn path(&mut self, key: &str) -> PathBuf {
        PathBuf::from(self.text(key))
    }

    pub(super) fn optional_path(&mut self, key: &str) -> Option<PathBuf> {
        self.optional_text(key).map(PathBuf::from)
    }

    /// Reads the name of a file that holds a secret. It is shown unless it may be the secret itself.
    pub(super) fn secret_path(&mut self, key: &str) -> Option<PathBuf> {
        let path = self.secret_unless(key, may_name_a_file, |text| single_line(text).map(PathBuf::from));
        Some(path).filter(|path| !path.as_os_str().is_empty())
    }

    /// Reads a text that must never be shown, through `parse`, whose error must not show it either.
    pub(super) fn secret<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> T {
        self.text_with(key, Exposure::Secret, parse)
    }

    /// Like [`Reader::secret`], for a setting whose value may be shown if `is_open` returns true for it.
    pub(super) fn secret_unless<T>(
        &mut self,
        key: &str,
        is_open: impl Fn(&str) -> bool,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        // In every layer: an empty variable takes back what it says, and the value below it is shown instead.
        let layers = self.layers.of(key);
        let shown = [layers.in_force(), layers.below_environment()];
        let exposure = if shown.into_iter().all(|given| given.value.as_str().is_some_and(&is_open)) {
            Exposure::Open
        } else {
            Exposure::Secret
        };
        self.text_with(key, exposure, parse)
    }

    /// Reads a list of texts, each through `parse`.
    pub(super) fn list<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        self.list_with(key, Exposure::Open, parse)
    }

    /// Reads a list of texts that must never be shown.
    pub(super) fn secrets<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        self.list_with(key, Exposure::Secret, parse)
    }

    /// Reads a list of tables, whose members the caller reads. `example` says how a table begins.
    pub(super) fn tables(&mut self, key: &str, example: &str) -> Vec<Table> {
        self.tables_with(key, Exposure::Open, example)
    }

    /// Reads a list of tables of which only the members named in `open` may be shown.
    pub(super) fn tables_with_secrets(
        &mut self,
        key: &str,
        example: &str,
        open: &'static [&'static str],
    ) -> Vec<Table> {
        self.tables_with(key, Exposure::OpenMembers(open), example)
    }

    fn tables_with(&mut self, key: &str, exposure: Exposure, example: &str) -> Vec<Table> {
        self.read(key, exposure, |value| {
            let items = value.as_array().ok_or_else(|| format!("a list of tables is allowed: {example}"))?;
            let tables = items.iter().map(|item| item.as_table().cloned());
            all_or_each_fault(tables.map(|table| table.ok_or_else(|| format!("a table is allowed: {example}"))), "item")
        })
    }

    /// Refuses a member of a table in the list `key`, or its absence. `member` names it as a key of its own.
    pub(super) fn refuse_member(
        &mut self,
        key: &str,
        member: &str,
        value: Option<&Value>,
        requirement: impl Into<String>,
    ) {
        let shown_value = value.map_or_else(|| "not set".to_owned(), |value| shown(value, Exposure::Open));
        let entry = Entry::new(member, shown_value, self.entry(key).source);
        self.layers.faults.push(SettingsError::Refused { entry, requirement: requirement.into() });
    }

    /// Refuses a member of a table in the list `key` that does not exist.
    pub(super) fn refuse_unknown_member(&mut self, key: &str, member: &str, suggestion: Option<&str>) {
        self.layers.faults.push(SettingsError::UnknownKey {
            key: member.to_owned(),
            source_layer: self.entry(key).source,
            suggestion: suggestion.map(str::to_owned),
        });
    }

    /// Reads one of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        self.parsed(key, |text| {
            choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice).ok_or_else(|| {
                let words: Vec<_> = choices.iter().map(|(word, _)| format!("{word:?}")).collect();
                format!("allowed are {}", words.join(", "))
            })
        })
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        self.read(key, Exposure::Open, |value| value.as_bool().ok_or_else(|| "allowed are true and false".to_owned()))
    }

    /// Reads a whole number within `range`, whose ends fit into `N`.
    pub(super) fn number<N: TryFrom<u64>>(&mut self, key: &str, range: RangeInclusive<u64>) -> N {
        self.natural(key, &range, &format!("whole numbers from {} to {}", range.start(), range.end()))
    }

    pub(super) fn count(&mut self, key: &str, range: RangeInclusive<u64>) -> NonZeroUsize {
        NonZeroUsize::new(self.number(key, range)).expect("the ranges of counts begin at 1")
    }

    /// Reads a number of threads up to `most`; 0 stands for one per core.
    pub(super) fn threads(&mut self, key: &str, most: u64) -> NonZeroUsize {
        let threads = self.natural(key, &(0..=most), &format!("1 to {most}, and 0 for one per core"));
        NonZeroUsize::new(threads).unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
    }

    pub(super) fn seconds(&mut self, key: &str, range: RangeInclusive<u64>) -> Seconds {
        let allowed = format!("{} to {} seconds, without a fraction", range.start(), range.end());
        Seconds::new(self.natural(key, &range, &allowed))
    }

    /// Reads a span within `range`, or 0 for never.
    pub(super) fn seconds_or_never(&mut self, key: &str, range: RangeInclusive<u64>) -> Option<Seconds> {
        let allowed = format!("{} to {} seconds, and 0 for never", range.start(), range.end());
        self.read(key, Exposure::Open, |value| match natural(value) {
            Some(0) => Ok(None),
            Some(seconds) if range.contains(&seconds) => Ok(Some(Seconds::new(seconds))),
            _ => Err(format!("allowed are {allowed}")),
        })
    }

    /// Refuses a value after it was read: its form is right, but it cannot be used.
    pub(super) fn refuse(&mut self, key: &str, requirement: impl Into<String>) {
        let (entry, mut requirement) = (self.entry(key), requirement.into());
        if let (HIDDEN, Some(direct)) = (entry.shown_value.as_str(), key.strip_suffix("_file")) {
            requirement += &format!("; if this is the secret itself, it belongs in `{direct}`");
        }
        self.layers.faults.push(SettingsError::Refused { entry, requirement });
    }

    /// Records that the settings `keys` contradict each other. Skips keys of which one is at fault by itself: it holds
    /// a default.
    pub(super) fn contradict(&mut self, keys: &[&str], requirement: impl Into<String>) {
        if keys.iter().any(|key| self.is_faulty(key)) {
            return;
        }
        let entries = keys.iter().map(|key| self.entry(key)).collect();
        self.layers.faults.push(SettingsError::Contradiction { entries, requirement: requirement.into() });
    }

    /// Records that the setting `by` counts instead of `key`, if `key` is set to anything.
    pub(super) fn overrule(&mut self, key: &str, by: &str) {
        for entry in self.entries.iter_mut().filter(|entry| entry.key == key && !entry.is_nothing()) {
            entry.overruled_by = Some(by.to_owned());
        }
    }

    /// Returns whether some layer sets `key` to a text other than nothing, before or after it is read.
    pub(super) fn has_text(&self, key: &str) -> bool {
        self.layers.of(key).in_force().value.as_str().is_some_and(|text| !text.is_empty())
    }

    pub(super) fn is_faulty(&self, key: &str) -> bool {
        self.layers.faults.iter().any(|fault| fault.concerns(key))
    }

    /// Returns whether a file or the environment sets `key`, to something other than "not set".
    pub(super) fn is_given(&self, key: &str) -> bool {
        let entry = self.entry(key);
        entry.source != Source::Defaults && !entry.is_nothing()
    }

    /// Returns whether a file or the environment sets `key` to something that is neither "not set" nor the default. A
    /// file may repeat all defaults.
    pub(super) fn is_changed(&self, key: &str) -> bool {
        let layers = self.layers.of(key);
        self.is_given(key) && layers.in_force().value != layers.default().value
    }

    /// Returns all that was read so far, in the order of reading.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns all that was wrong.
    pub(super) fn finish(self) -> Result<(), SettingsErrors> {
        if self.layers.faults.is_empty() { Ok(()) } else { Err(SettingsErrors::new(self.layers.faults)) }
    }

    fn entry(&self, key: &str) -> Entry {
        self.entries.iter().find(|entry| entry.key == key).cloned().expect("a setting is read before it is judged")
    }

    fn natural<N: TryFrom<u64>>(&mut self, key: &str, range: &RangeInclusive<u64>, allowed: &str) -> N {
        self.read(key, Exposure::Open, |value| {
            let number = natural(value).filter(|number| range.contains(number));
            number.and_then(|number| number.try_into().ok()).ok_or_else(|| format!("allowed are {allowed}"))
        })
    }

    fn text_with<T>(&mut self, key: &str, exposure: Exposure, parse: impl Fn(&str) -> Result<T, String>) -> T {
        self.read(key, exposure, |value| match value.as_str() {
            Some(text) => parse(text),
            None => Err("a text in quotation marks is allowed".to_owned()),
        })
    }

    fn list_with<T>(&mut self, key: &str, exposure: Exposure, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
        self.read(key, exposure, |value| {
            let items = value.as_array().ok_or("a list of texts is allowed, as in [\"one\", \"two\"]")?;
            let parsed = items.iter().map(|item| match item.as_str() {
                Some(text) => parse(text),
                None => Err("a text in quotation marks is allowed".to_owned()),
            });
            all_or_each_fault(parsed, "item")
        })
    }

    fn read<T>(&mut self, key: &str, exposure: Exposure, parse: impl Fn(&Value) -> Result<T, String>) -> T {
        let layers = self.layers.of(key);
        let mut given = layers.in_force();
        let mut parsed = parse(&given.value);
        let is_empty_variable =
            matches!(given.source, Source::Environment(_)) && given.value.as_str().is_some_and(str::is_empty);
        if parsed.is_err() && is_empty_variable {
            // Where nothing is no value, an empty variable is none.
            given = layers.below_environment();
            parsed = parse(&given.value);
        }
        self.entries.push(Entry::new(key, shown(&given.value, exposure), given.source.clone()));
        match parsed {
            Ok(value) => value,
            Err(requirement) => {
                let requirement = format!("{requirement}{}", hint(&given.value, &parse));
                let default = parse(&layers.default().value).expect("the built-in defaults are valid");
                self.refuse(key, requirement);
                default
            }
        }
    }
}

fn natural(value: &Value) -> Option<u64> {
    value.as_integer().and_then(|number| number.try_into().ok())
}
