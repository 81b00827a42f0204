//! Holds what files name against the table of rooms and the table of homes.

use std::collections::BTreeSet;

use super::house::{House, Kind, Mention, Place};

/// A room or a part of one (`http`, `http/faults`), and what it may use besides itself and its own parts.
///
/// A file belongs to the longest row that it stands below, and a path leads to the longest row that it goes through. What
/// a room re-exports may be named through it by those who may use the room, or the part that defines the thing.
pub type Room = (&'static str, &'static [&'static str]);

/// A path such as `diesel` or `std::env`, and the modules (`store`, `app/server`) that may name it.
pub type Home = (&'static str, &'static [&'static str]);

/// What there is to hold.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Top to bottom.
    pub rooms: &'static [Room],
    /// Paths with a home.
    pub homes: &'static [Home],
}

/// What was found: one line each.
#[derive(Debug, Default)]
pub struct Report {
    /// What breaks a rule.
    pub broken: Vec<String>,
    /// What a table allows and no file does.
    pub idle: Vec<String>,
}

/// Compares a source tree with the rules.
pub fn compare(rules: Rules, house: &House) -> Report {
    let mut comparison = Comparison { rules, house, broken: Vec::new(), told: BTreeSet::new(), used: BTreeSet::new() };
    // The crate's root declares the rooms and gives embedding programs short names.
    for (module, known) in house.modules.iter().filter(|(module, _)| !module.is_empty()) {
        if rules.room_of(module).is_none() {
            comparison.broken.push(format!("src/{}:1: the room `{}` has no row in ROOMS", known.file, module[0]));
        }
    }
    for mention in house.mentions.iter().filter(|mention| !mention.module.is_empty()) {
        comparison.judge(mention);
    }
    let idle = |(row, allowed): &(&'static str, &'static [&'static str]), what: &str| -> Vec<String> {
        let idle = allowed.iter().filter(|entry| !comparison.used.contains(&(*row, **entry)));
        idle.map(|entry| format!("`{row}`: no file needs `{entry}` any more; take it out of {what}")).collect()
    };
    let rooms = rules.rooms.iter().flat_map(|row| idle(row, "ROOMS"));
    // What no file names is forbidden, or a dependency that is there for its features.
    let named = rules.homes.iter().filter(|(path, _)| comparison.used.iter().any(|(row, _)| row == path));
    let idle = rooms.chain(named.flat_map(|row| idle(row, "HOMES"))).collect();
    Report { broken: comparison.broken, idle }
}

struct Comparison<'a> {
    rules: Rules,
    house: &'a House,
    broken: Vec<String>,
    /// The file and the room that it may not use: one line of a file is enough to find the others.
    told: BTreeSet<(&'a str, &'static str)>,
    /// The rows, and those of their entries that a file needs.
    used: BTreeSet<(&'static str, &'static str)>,
}

impl<'a> Comparison<'a> {
    fn judge(&mut self, mention: &'a Mention) {
        match self.house.claim(mention) {
            Place::Inside(module, rest) => self.judge_room(mention, &[module, rest].concat()),
            Place::Outside(path) if mention.kind == Kind::Code && path.len() == 1 => {}
            Place::Outside(path) => self.judge_homes(mention, &path),
        }
    }

    fn judge_room(&mut self, mention: &'a Mention, path: &[String]) {
        let Some((theirs, _)) = self.rules.room_of(path) else {
            let path = path.join("::");
            return self.tell(mention, format!("`crate::{path}` is not below a room; name it by its room"));
        };
        let Some((ours, may_use)) = self.rules.room_of(&mention.module) else { return };
        if is_part(theirs, ours) || self.allows(ours, may_use, theirs) {
            return;
        }
        // A part that a row allows may be named through the room that re-exports it.
        if let Place::Inside(module, rest) = self.house.place(mention)
            && let Some((defining, _)) = self.rules.room_of(&[module, rest].concat())
            && self.allows(ours, may_use, defining)
        {
            return;
        }
        if self.told.insert((&mention.file, theirs)) {
            self.tell(mention, format!("`{ours}` may not use `{theirs}`; it may use {may_use:?}"));
        }
    }

    fn allows(&mut self, ours: &'static str, may_use: &'static [&'static str], theirs: &str) -> bool {
        let entries: Vec<_> =
            may_use.iter().filter(|entry| is_part(theirs, entry)).map(|entry| (ours, *entry)).collect();
        self.used.extend(&entries);
        !entries.is_empty()
    }

    fn judge_homes(&mut self, mention: &Mention, path: &[String]) {
        for (ruled, homes) in self.rules.homes.iter().filter(|(ruled, _)| goes_through(path, ruled)) {
            let at_home: Vec<_> = homes.iter().filter(|home| is_within(&mention.module, home)).collect();
            if at_home.is_empty() {
                self.tell(mention, format!("`{ruled}` may be named in {homes:?} only"));
            }
            self.used.extend(at_home.into_iter().map(|home| (*ruled, *home)));
        }
    }

    fn tell(&mut self, mention: &Mention, what: String) {
        let line = format!("src/{}:{}: {what}", mention.file, mention.line);
        if self.broken.last() != Some(&line) {
            self.broken.push(line);
        }
    }
}

impl Rules {
    /// The row of a module, or of something in it.
    fn room_of(self, path: &[String]) -> Option<&'static Room> {
        let below = self.rooms.iter().filter(|(room, _)| is_within(path, room));
        below.max_by_key(|(room, _)| room.len())
    }
}

/// Whether a room is another one or a part of it.
fn is_part(room: &str, whole: &str) -> bool {
    room.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `path` goes through `ruled`: a crate or module at its beginning, or a type's function anywhere in it.
fn goes_through(path: &[String], ruled: &str) -> bool {
    let ruled: Vec<&str> = ruled.split("::").collect();
    if ruled[0].starts_with(char::is_uppercase) {
        path.windows(ruled.len()).any(|window| window == ruled)
    } else {
        path.len() >= ruled.len() && path.iter().zip(&ruled).all(|(named, ruled)| named == ruled)
    }
}

/// Whether a path stands below a module, written `app/server`.
fn is_within(path: &[String], module: &str) -> bool {
    let module: Vec<&str> = module.split('/').collect();
    path.len() >= module.len() && path.iter().zip(&module).all(|(ours, theirs)| ours == theirs)
}
