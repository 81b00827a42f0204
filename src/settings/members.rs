//! The members of one table in a list of tables, such as `[[providers]]`, and the place of their faults.

use toml::{Table, Value};

use super::reader::Reader;
use super::source::{HIDDEN, may_name_a_file};
use super::suggestion::nearest;

/// One table of the list `list`, whose members are read one by one.
pub(super) struct Members<'a> {
    reader: &'a mut Reader,
    list: &'static str,
    table: &'a Table,
    key: String,
    secret: &'static [&'static str],
    is_faulty: bool,
}

impl<'a> Members<'a> {
    /// Begins to read the table at `position` of the list, which its `name` names in messages if it has one. Values of
    /// members in `secret` are not shown.
    pub(super) fn of(
        reader: &'a mut Reader,
        list: &'static str,
        (position, table): (usize, &'a Table),
        secret: &'static [&'static str],
    ) -> Self {
        let key = match table.get("name").and_then(Value::as_str) {
            Some(name) => format!("{list}.{name}"),
            None => format!("{list}[{}]", position + 1),
        };
        Self { reader, list, table, key, secret, is_faulty: false }
    }

    /// Returns whether some member was refused.
    pub(super) fn is_faulty(&self) -> bool {
        self.is_faulty
    }

    /// Returns a member as it was written.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.table.get(key)
    }

    /// Reads a member, if the table has it.
    pub(super) fn member<T>(&mut self, key: &str, parse: impl Fn(&Value) -> Result<T, String>) -> Option<T> {
        match parse(self.table.get(key)?) {
            Ok(value) => Some(value),
            Err(requirement) => {
                self.refuse(key, requirement);
                None
            }
        }
    }

    /// Reads a text through `parse`, whose error tells what is allowed.
    pub(super) fn text<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        self.member(key, |value| {
            value.as_str().ok_or("a text in quotation marks is allowed".to_owned()).and_then(&parse)
        })
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.member(key, |value| value.as_bool().ok_or_else(|| "allowed are true and false".to_owned()))
    }

    /// Reads one of a few words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&'static str, T)]) -> Option<T> {
        self.member(key, |value| {
            let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
            found
                .map(|(_, meaning)| *meaning)
                .ok_or_else(|| format!("allowed are {}", quoted(words.iter().map(|(word, _)| *word))))
        })
    }

    /// Refuses a member, or its absence.
    pub(super) fn refuse(&mut self, key: &str, requirement: impl Into<String>) {
        self.is_faulty = true;
        let hidden = Value::from(HIDDEN);
        let mut requirement = requirement.into();
        let value = self.table.get(key).map(|value| {
            let direct = key.strip_suffix("_file").filter(|direct| self.secret.contains(direct));
            if let Some(direct) = direct.filter(|_| value.as_str().is_some_and(|text| !may_name_a_file(text))) {
                requirement += &format!("; if this is the secret itself, it belongs in `{direct}`");
                return &hidden;
            }
            if self.secret.contains(&key) { &hidden } else { value }
        });
        self.reader.refuse_member(self.list, &format!("{}.{key}", self.key), value, requirement);
    }

    /// Refuses keys that do not exist, or not for tables of this type. `types` are the types with the keys that only
    /// their tables have, and `own` is the type of this table, unless it is unknown; `noun` is what the tables declare.
    /// `other_names` are words of other programs, and the key that has their meaning here.
    pub(super) fn refuse_other_keys(
        &mut self,
        (common, types): (&[&'static str], &[(&'static str, &[&'static str])]),
        own: Option<&str>,
        noun: &str,
        other_names: &[(&str, &'static str)],
    ) {
        let own_keys = types.iter().find(|(name, _)| Some(*name) == own).map_or(&[][..], |(_, keys)| keys);
        let mut all: Vec<&str> = common.to_vec();
        all.extend(types.iter().flat_map(|(_, keys)| *keys));
        for key in self.table.keys().map(String::as_str) {
            if common.contains(&key) || own_keys.contains(&key) {
                continue;
            }
            if all.contains(&key) {
                // Of an unknown type, the type is told.
                if let Some(own) = own {
                    let owners = types.iter().filter(|(_, keys)| keys.contains(&key)).map(|(name, _)| *name);
                    let owners = quoted(owners);
                    self.refuse(key, format!("a {noun} {own:?} has no such key, one of {owners} has"));
                }
                continue;
            }
            self.is_faulty = true;
            let other_name = other_names.iter().find(|(other, _)| *other == key).map(|(_, known)| *known);
            let suggestion = other_name.or_else(|| nearest(key, &all));
            self.reader.refuse_unknown_member(self.list, &format!("{}.{key}", self.key), suggestion);
        }
    }
}

/// Returns words in quotation marks, separated by commas.
pub(super) fn quoted(words: impl Iterator<Item = &'static str>) -> String {
    words.map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}
