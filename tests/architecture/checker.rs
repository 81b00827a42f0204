//! Holds what files name against the rules.

use super::reader::{mentions_in, module_of};

/// A room, and the rooms it may name.
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

/// Everything in `text`, the content of `file` below `src/`, that breaks a rule: one line each.
pub fn violations(rules: Rules, file: &str, text: &str) -> Vec<String> {
    let module = module_of(file);
    // The crate's root declares the rooms and gives embedding programs short names.
    let Some(room) = module.first() else { return Vec::new() };
    let Some((_, may_use)) = rules.rooms.iter().find(|(name, _)| name == room) else {
        return vec![format!("src/{file}:1: the room `{room}` has no row in ROOMS")];
    };
    let mut found = Vec::new();
    for mention in mentions_in(file, text) {
        let mut broken = |what: String| found.push(format!("src/{file}:{}: {what}", mention.line));
        if let [root, rest @ ..] = &mention.path[..]
            && root == "crate"
        {
            let named = rest.first().map_or("", String::as_str);
            let is_room = rules.rooms.iter().any(|(name, _)| *name == named);
            if !is_room {
                broken(format!("`{}` is not below a room; name it by its room", mention.path.join("::")));
            } else if named != room && !may_use.contains(&named) {
                broken(format!("`{room}` may not use `{named}`; it may use {may_use:?}"));
            }
        }
        for (path, homes) in rules.homes {
            if names(&mention.path, path) && !homes.iter().any(|home| is_within(&module, home)) {
                broken(format!("`{path}` may be named in {homes:?} only"));
            }
        }
    }
    found.dedup();
    found
}

/// Whether `mention` goes through `path`: a crate or module at its beginning, or a type's function anywhere in it.
fn names(mention: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split("::").collect();
    let is_type = |name: &&str| name.starts_with(char::is_uppercase);
    if path.first().is_some_and(is_type) {
        mention.windows(path.len()).any(|window| window == path)
    } else {
        mention.len() >= path.len() && mention.iter().zip(&path).all(|(named, ruled)| named == ruled)
    }
}

fn is_within(module: &[String], home: &str) -> bool {
    let home: Vec<&str> = home.split('/').collect();
    module.len() >= home.len() && module.iter().zip(&home).all(|(ours, theirs)| ours == theirs)
}
