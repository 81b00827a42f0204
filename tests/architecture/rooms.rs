//! Holds what files name against the table of rooms and the table of homes.

use std::collections::BTreeSet;

use super::house::{House, Kind, Mention, Place};
use super::reading::module_of;

/// A room or a part of one (`http`, `http/faults`), and what it may use besides itself and its own parts.
///
/// A file belongs to the longest row that it stands below, and a path leads to the longest row that it goes through. What
/// a room re-exports may be named through it by those who may use the room, or the part that defines the thing.
pub type Room = (&'static str, &'static [&'static str]);

/// A path such as `diesel` or `std::env`, and the modules (`store`, `app/server`) that may name it.
pub type Home = (&'static str, &'static [&'static str]);

/// A module, and a room that it uses although its row does not say so.
pub type Breach = (&'static str, &'static str);

/// What there is to hold.
#[derive(Clone, Copy)]
pub struct Rules {
    /// Top to bottom.
    pub rooms: &'static [Room],
    /// Paths with a home.
    pub homes: &'static [Home],
    /// What is still to be mended.
    pub breaches: &'static [Breach],
}

/// Everything that breaks a rule, and every breach that is listed and is none any more: one line each.
pub fn violations(rules: Rules, house: &House) -> Vec<String> {
    let mut found: Vec<String> = house
        .modules
        .iter()
        // The crate's root declares the rooms and gives embedding programs short names.
        .filter(|(module, _)| !module.is_empty() && rules.room_of(module).is_none())
        .map(|(module, known)| format!("src/{}:1: the room `{}` has no row in ROOMS", known.file, module[0]))
        .collect();
    let mut needed = vec![false; rules.breaches.len()];
    let mut told = BTreeSet::new();
    for mention in house.mentions.iter().filter(|mention| !mention.module.is_empty()) {
        let mut broken = |what: String| found.push(format!("src/{}:{}: {what}", mention.file, mention.line));
        match house.claim(mention) {
            Place::Inside(module, rest) => {
                let path = [module, rest].concat();
                if rules.room_of(&path).is_none() {
                    broken(format!("`crate::{}` is not below a room; name it by its room", path.join("::")));
                }
                let Some(((room, may_use), used)) = rules.forbidden(mention, &path) else { continue };
                // A part that a row allows may be named through the room that re-exports it.
                if let Place::Inside(module, rest) = house.place(mention)
                    && rules.forbidden(mention, &[module, rest].concat()).is_none()
                {
                    continue;
                }
                let listed =
                    |(module, breached): &Breach| *breached == used && module_of(module) == module_of(&mention.file);
                match rules.breaches.iter().position(listed) {
                    Some(breach) => needed[breach] = true,
                    // One line of a file is enough to find the others.
                    None if !told.insert((&mention.file, used)) => {}
                    None => broken(format!("`{room}` may not use `{used}`; it may use {may_use:?}")),
                }
            }
            Place::Outside(path) if mention.kind == Kind::Code && path.len() == 1 => {}
            Place::Outside(path) => rules.away_from_home(mention, &path).into_iter().for_each(broken),
        }
    }
    for (needed, (module, room)) in needed.iter().zip(rules.breaches) {
        if !needed {
            found.push(format!("`{module}` uses `{room}` no more: take the line out of BREACHES"));
        }
    }
    found.dedup();
    found
}

impl Rules {
    /// The row of a module, or of something in it.
    fn room_of(self, path: &[String]) -> Option<&'static Room> {
        let below = self.rooms.iter().filter(|(room, _)| is_within(path, room));
        below.max_by_key(|(room, _)| room.len())
    }

    /// The row of the file that names `path`, and the room named, if the one may not use the other.
    fn forbidden(self, mention: &Mention, path: &[String]) -> Option<(&'static Room, &'static str)> {
        let ours = self.room_of(&mention.module)?;
        let theirs = self.room_of(path)?.0;
        let is_part_of = |room: &str| theirs == room || theirs.starts_with(&format!("{room}/"));
        let may_use = is_part_of(ours.0) || ours.1.iter().any(|room| is_part_of(room));
        (!may_use).then_some((ours, theirs))
    }

    fn away_from_home(self, mention: &Mention, path: &[String]) -> Vec<String> {
        let named = self.homes.iter().filter(|(home, _)| goes_through(path, home));
        let away = named.filter(|(_, homes)| !homes.iter().any(|home| is_within(&mention.module, home)));
        away.map(|(path, homes)| format!("`{path}` may be named in {homes:?} only")).collect()
    }
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
pub fn is_within(path: &[String], module: &str) -> bool {
    let module: Vec<&str> = module.split('/').collect();
    path.len() >= module.len() && path.iter().zip(&module).all(|(ours, theirs)| ours == theirs)
}
