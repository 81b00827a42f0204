//! All modules of `src`, and where each path that they name leads: through imports and re-exports to the module that
//! defines the thing.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::read_into;

/// A module or a path, name by name.
pub type Names = Vec<String>;

/// The modules of a source tree and what they name.
#[derive(Debug, Default)]
pub struct House {
    /// By their paths from the crate's root, inline modules included.
    pub modules: BTreeMap<Names, Module>,
    /// In the order of files and lines.
    pub mentions: Vec<Mention>,
    /// Modules that are compiled for tests only.
    pub tests: Vec<Names>,
}

/// What a module holds.
#[derive(Debug, Default)]
pub struct Module {
    /// Its file, below `src/`.
    pub file: String,
    /// The names of what is defined here; child modules are in [`House::modules`].
    pub items: BTreeSet<String>,
    /// The names that `use` brings in, re-exports included, and the paths they stand for.
    pub imports: BTreeMap<String, Names>,
    /// What `use …::*` brings in.
    pub globs: Vec<Names>,
}

/// A path that a file names.
#[derive(Debug)]
pub struct Mention {
    /// Below `src/`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// The module it stands in.
    pub module: Names,
    /// Where it stands.
    pub kind: Kind,
    /// As it is written. The first name is `::` if the path begins so; a glob's last is `*`.
    pub path: Names,
}

/// Where a path stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a private `use`.
    Import,
    /// In a `pub use`, or one for a part of the crate.
    Reexport,
    /// Before the `!` of a macro.
    Macro,
    /// Anywhere else.
    Code,
}

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub enum Place {
    /// Into this crate: the module that defines it, and what remains of the path there. Nothing remains of a module.
    Inside(Names, Names),
    /// To another crate, or to a name that only the compiler knows: a local variable, a type parameter.
    Outside(Names),
}

impl House {
    /// Reads files, each given by its path below `src/` and its text, and leaves out those that are tests.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut house = Self::default();
        for (file, text) in files {
            read_into(&mut house, file, text);
        }
        let tests = std::mem::take(&mut house.tests);
        let is_test = |module: &Names| tests.iter().any(|test| module.starts_with(test));
        house.modules.retain(|module, _| !is_test(module));
        house.mentions.retain(|mention| !is_test(&mention.module));
        Self { tests, ..house }
    }

    /// Follows a path to what it names, through every import and re-export on the way.
    pub fn place(&self, mention: &Mention) -> Place {
        if mention.kind == Kind::Macro
            && let [name] = &mention.path[..]
            && !self.knows(&mention.module, name)
        {
            return self.macro_in_scope(&mention.module, name);
        }
        self.follow(&mention.module, &mention.path, 0)
    }

    /// Where a path claims to lead: only what the file itself imports is followed, no re-export of others.
    pub fn claim(&self, mention: &Mention) -> Place {
        self.spelled(&mention.module, &mention.path)
    }

    fn spelled(&self, module: &[String], path: &[String]) -> Place {
        let inside = |module: &[String], rest: &[String]| Place::Inside(module.to_vec(), rest.to_vec());
        let Some((first, rest)) = path.split_first() else { return inside(module, path) };
        match first.as_str() {
            "crate" => inside(&[], rest),
            // The program sees the library by its name.
            "countersign" if module == ["main"] => inside(&[], rest),
            "self" if rest.first().is_some_and(|next| next == "super") => self.spelled(module, rest),
            "self" => inside(module, rest),
            "super" => {
                let above = &module[..module.len().saturating_sub(1)];
                let is_relative = rest.first().is_some_and(|next| next == "super");
                if is_relative { self.spelled(above, rest) } else { inside(above, rest) }
            }
            "::" => Place::Outside(rest.to_vec()),
            name => match self.modules.get(module).and_then(|known| known.imports.get(name)) {
                Some(import) if import[0] != *name => self.spelled(module, &[import, rest].concat()),
                Some(import) => Place::Outside([import, rest].concat()),
                None if name == "Self" || self.knows(module, name) => inside(module, path),
                None => Place::Outside(path.to_vec()),
            },
        }
    }

    fn follow(&self, module: &[String], path: &[String], turns: usize) -> Place {
        let Some((first, rest)) = path.split_first() else { return Place::Inside(module.to_vec(), Names::new()) };
        match first.as_str() {
            "crate" => self.walk(&[], rest, turns),
            // The program sees the library by its name.
            "countersign" if module == ["main"] => self.walk(&[], rest, turns),
            "self" | "super" => self.walk(module, path, turns),
            "Self" => Place::Inside(module.to_vec(), path.to_vec()),
            "::" => Place::Outside(rest.to_vec()),
            name if self.knows(module, name) => self.walk(module, path, turns),
            _ => Place::Outside(path.to_vec()),
        }
    }

    fn walk(&self, module: &[String], path: &[String], turns: usize) -> Place {
        let here = || Place::Inside(module.to_vec(), path.to_vec());
        let Some((name, rest)) = path.split_first() else { return here() };
        if name == "self" {
            return self.walk(module, rest, turns);
        }
        if name == "super" {
            return self.walk(&module[..module.len().saturating_sub(1)], rest, turns);
        }
        let child = [module, std::slice::from_ref(name)].concat();
        let is_item = self.modules.get(module).is_some_and(|known| known.items.contains(name));
        if self.modules.contains_key(&child) && !(rest.is_empty() && is_item) {
            return self.walk(&child, rest, turns);
        }
        let Some(known) = self.modules.get(module) else { return here() };
        // More turns than any chain of re-exports has: names that stand for each other.
        if is_item || turns > 20 {
            return here();
        }
        if let Some(path) = known.imports.get(name) {
            if path.len() == 1 && path[0] == *name {
                return Place::Outside([path, rest].concat());
            }
            return match self.follow(module, path, turns + 1) {
                Place::Inside(module, left) if left.is_empty() => self.walk(&module, rest, turns + 1),
                Place::Inside(module, left) => Place::Inside(module, [&left, rest].concat()),
                Place::Outside(path) => Place::Outside([&path, rest].concat()),
            };
        }
        let globbed = known.globs.iter().find_map(|glob| match self.follow(module, glob, turns + 1) {
            Place::Inside(module, left) if left.is_empty() && self.knows(&module, name) => Some(module),
            _ => None,
        });
        globbed.map_or_else(here, |module| self.walk(&module, path, turns + 1))
    }

    fn knows(&self, module: &[String], name: &str) -> bool {
        let holds = |known: &Module| known.items.contains(name) || known.imports.contains_key(name);
        self.modules.get(module).is_some_and(holds) || self.modules.contains_key(&[module, &[name.to_owned()]].concat())
    }

    /// A `macro_rules!` is in scope for the modules below the one that defines it.
    fn macro_in_scope(&self, module: &[String], name: &str) -> Place {
        let above = (0..module.len()).rev().map(|length| &module[..length]);
        let defining =
            above.into_iter().find(|module| self.modules.get(*module).is_some_and(|it| it.items.contains(name)));
        match defining {
            Some(module) => Place::Inside(module.to_vec(), vec![name.to_owned()]),
            None => Place::Outside(vec![name.to_owned()]),
        }
    }
}
