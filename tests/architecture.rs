//! Holds the rules of `docs/architecture.md`: who may import whom, where each crate is at home, how files are laid out.
//!
//! The rules are in `architecture/tables.rs` and `architecture/homes.rs`. Change one in the commit that needs it, and say
//! why.

mod circle_proof;
mod circles;
mod homes;
mod house;
mod proof;
mod reading;
mod rooms;
mod tables;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use homes::HOMES;
use house::House;
use reading::module_of;
use tables::{CONTRACTS, EVERYWHERE, ROOMS, RULES};

/// A file that grows beyond this is two files.
const LONGEST_FILE: usize = 300;

#[test]
fn every_file_keeps_to_the_rules_of_its_room() {
    let broken = rooms::compare(RULES, house()).broken;
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_tables_allow_no_more_than_the_files_need() {
    let idle = rooms::compare(RULES, house()).idle;
    assert!(idle.is_empty(), "\n{}\n", idle.join("\n"));
}

#[test]
fn no_contract_is_named_by_another_or_by_what_they_share() {
    let parts = house().modules.keys().filter(|module| module.len() == 2 && module[0] == "contracts");
    let without_row: Vec<String> =
        parts.map(|module| module.join("/")).filter(|part| ROOMS.iter().all(|(room, _)| room != part)).collect();
    assert!(without_row.is_empty(), "give each part of `contracts` a row in ROOMS: {without_row:?}");
    for (room, may_use) in ROOMS {
        let named: Vec<_> = CONTRACTS.iter().filter(|contract| may_use.contains(contract)).collect();
        assert!(
            named.is_empty(),
            "`{room}` may use {named:?} by its row in ROOMS, and no contract is there to be used"
        );
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let broken = circles::violations(house());
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn rooms_use_only_rooms_below_them() {
    for (height, (room, may_use)) in ROOMS.iter().enumerate() {
        let lower = &ROOMS[height + 1..];
        for used in *may_use {
            assert!(lower.iter().any(|(name, _)| name == used), "`{used}` does not stand below `{room}` in ROOMS");
        }
        for (part, _) in lower {
            assert!(
                !room.starts_with(&format!("{part}/")),
                "`{room}` is a part of `{part}` and stands above it in ROOMS"
            );
        }
    }
}

#[test]
fn the_tables_name_only_modules_that_exist() {
    let named = ROOMS.iter().map(|(room, _)| room).chain(HOMES.iter().flat_map(|(_, homes)| *homes));
    let missing: Vec<&&str> = named.filter(|module| !house().modules.contains_key(&module_of(module))).collect();
    assert!(missing.is_empty(), "tables.rs names what is not there: {missing:?}");
}

#[test]
fn every_dependency_has_a_home() {
    let manifest = read("Cargo.toml");
    let dependencies = manifest.split("\n[").find_map(|section| section.strip_prefix("dependencies]"));
    let dependencies = dependencies.expect("the package has dependencies");
    let names = dependencies.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.replace('-', "_"));
    let homeless: Vec<String> = names
        .filter(|name| !EVERYWHERE.contains(&name.as_str()) && !HOMES.iter().any(|(path, _)| path == name))
        .collect();
    assert!(homeless.is_empty(), "say in HOMES or EVERYWHERE which rooms may name these: {homeless:?}");
}

#[test]
fn no_file_is_longer_than_one_can_keep_in_mind() {
    let all = ["src", "tests", "examples", "benches"].into_iter().flat_map(|folder| files(folder, "rs"));
    let long: Vec<String> = all
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(file, lines)| format!("{file} has {lines} lines, {LONGEST_FILE} are allowed: make it two"))
        .collect();
    assert!(long.is_empty(), "\n{}\n", long.join("\n"));
}

#[test]
fn a_module_is_named_by_its_file() {
    let all = ["src", "tests"].into_iter().flat_map(|folder| files(folder, "rs"));
    let nameless: Vec<String> = all.map(|(file, _)| file).filter(|file| file.ends_with("/mod.rs")).collect();
    assert!(nameless.is_empty(), "write foo.rs beside foo/ instead of {nameless:?}");
}

#[test]
fn the_map_names_every_room_and_nothing_that_is_not_there() {
    let map = read("docs/architecture.md");
    let folders = ["src/", "tests/", "docs/", "migrations/", "email_templates/", "examples/", "fuzz/"];
    let named: Vec<&str> =
        map.split('`').filter(|text| folders.iter().any(|folder| text.starts_with(folder))).collect();
    let missing: Vec<&&str> = named.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(missing.is_empty(), "docs/architecture.md names what is not there: {missing:?}");
    for (room, _) in ROOMS.iter().filter(|(room, _)| !room.contains('/')) {
        assert!(
            named.contains(&format!("src/{room}.rs").as_str()),
            "docs/architecture.md leaves out the room `{room}`"
        );
    }
}

/// `database copy` compares them, and so would anybody who looks at both.
#[test]
fn both_engines_have_the_same_migrations() {
    let [sqlite, postgres] = ["sqlite", "postgres"].map(|engine| {
        let folder = fs::read_dir(root().join("migrations").join(engine)).expect("it is there");
        let mut names: Vec<_> = folder.map(|migration| migration.expect("it can be read").file_name()).collect();
        names.sort();
        names
    });
    assert_eq!(sqlite, postgres);
}

fn house() -> &'static House {
    static HOUSE: LazyLock<House> = LazyLock::new(|| {
        let files = files("src", "rs");
        House::of(files.iter().map(|(file, text)| (file.strip_prefix("src/").expect("listed below src"), &text[..])))
    });
    &HOUSE
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Every file below `folder` with that ending, by its path from the repository's top; none if there is no such folder.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.expect("the folder can be listed");
        let path = format!("{folder}/{}", entry.file_name().into_string().expect("names are Unicode"));
        if entry.path().is_dir() {
            found.extend(files(&path, ending));
        } else if Path::new(&path).extension().is_some_and(|extension| extension == ending) {
            let text = read(&path);
            found.push((path, text));
        }
    }
    found.sort();
    found
}
