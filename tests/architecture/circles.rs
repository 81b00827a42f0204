//! Finds files that use each other in a circle.
//!
//! File A uses file B if its code names something that B defines, by whichever way the path leads there: through an
//! import, a re-export or a parent's name. These do not count:
//!
//! - `mod child;` and `pub use child::Thing;` of a parent, as long as its own code does not name `Thing`: a file that
//!   gathers its parts uses none of them;
//! - an import of a module itself (`use crate::http::faults;`): what the code names through it counts;
//! - calls of methods, which only the compiler can follow: `self.enqueue()` in one file of `impl Store` and its
//!   definition in another. What such a call needs besides, arguments and results, is named and counts.
//!
//! A parent and its child are a circle like any two files: what both need belongs in a third file.

use std::collections::{BTreeMap, VecDeque};

use super::house::{House, Kind, Place};

/// Which file uses which, and the line that does so first.
type Uses = BTreeMap<String, BTreeMap<String, usize>>;

/// Every circle: one line each.
pub fn violations(house: &House) -> Vec<String> {
    circles_in(&mut uses_in(house))
}

fn uses_in(house: &House) -> Uses {
    let mut uses = Uses::new();
    for mention in &house.mentions {
        let Place::Inside(module, left) = house.place(mention) else { continue };
        if mention.kind == Kind::Reexport || left.is_empty() {
            continue;
        }
        let Some(used) = house.modules.get(&module) else { continue };
        if used.file != mention.file {
            uses.entry(mention.file.clone()).or_default().entry(used.file.clone()).or_insert(mention.line);
        }
    }
    uses
}

/// Takes circles out, the shortest first, until there are none.
fn circles_in(uses: &mut Uses) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(circle) = uses.keys().filter_map(|file| shortest_way(uses, file, file)).min_by_key(Vec::len) {
        let steps: Vec<(&String, &String)> = circle.iter().zip(&circle[1..]).collect();
        let shown: Vec<String> =
            steps.iter().map(|(file, next)| format!("src/{file}:{} uses src/{next}", uses[*file][*next])).collect();
        found.push(format!("a circle of files: {}", shown.join(", ")));
        for (file, next) in steps {
            uses.get_mut(file).expect("it is part of a circle").remove(next);
        }
    }
    found
}

/// The files on the shortest way from one to another, both included; at least one use long.
fn shortest_way(uses: &Uses, from: &str, to: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(file) = waiting.pop_front() {
        for next in uses.get(file).into_iter().flat_map(BTreeMap::keys) {
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, file);
                waiting.push_back(next);
            }
        }
        if came_from.contains_key(to) {
            let mut way = vec![to.to_owned()];
            let mut last = to;
            loop {
                last = came_from[last];
                way.push(last.to_owned());
                if last == from {
                    way.reverse();
                    return Some(way);
                }
            }
        }
    }
    None
}
