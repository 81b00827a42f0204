//! Holds the rules of `docs/architecture.md`: who may import whom, where each crate is at home, how files are laid out.
//!
//! The tables here are the rules. Change one in the commit that needs it, and say why.

mod checker;
mod proof;
mod reader;
mod scanner;

use std::fs;
use std::path::Path;

use checker::{Home, Room, Rules, violations};

const RULES: Rules = Rules { rooms: ROOMS, homes: HOMES };

/// Each room, top to bottom, and the rooms it may use, which all stand below it.
const ROOMS: &[Room] = &[
    ("main", &["cli"]),
    ("cli", &["app", "accounts", "store", "passwords", "log", "settings", "identity", "secret", "clock"]),
    (
        "app",
        &[
            "contracts",
            "http",
            "accounts",
            "mail",
            "store",
            "passwords",
            "settings",
            "links",
            "identity",
            "secret",
            "clock",
        ],
    ),
    (
        "contracts",
        &["http", "accounts", "store", "passwords", "log", "settings", "links", "identity", "secret", "clock"],
    ),
    ("http", &["log", "settings", "identity", "clock"]),
    // The log: lines of a task that outlives its request name the request all the same.
    ("accounts", &["mail", "store", "passwords", "log", "settings", "links", "identity", "lane", "secret", "clock"]),
    ("mail", &["store", "settings", "links", "identity", "files", "secret", "clock"]),
    ("store", &["settings", "identity", "lane", "files", "secret", "clock"]),
    ("passwords", &["identity", "lane", "secret"]),
    // How it is written is a setting.
    ("log", &["settings", "identity"]),
    // The page of a link, and the least length of a secret: each is parsed in one place.
    ("settings", &["links", "files", "secret", "clock"]),
    ("links", &["secret", "clock"]),
    ("identity", &["clock"]),
    ("lane", &[]),
    ("files", &[]),
    ("secret", &[]),
    ("clock", &[]),
];

/// What may be named in some modules only: crates, the edge of the process, the wall clock.
const HOMES: &[Home] = &[
    ("actix_web", &["http", "contracts", "app/server", "app/signals"]),
    ("argon2", &["passwords"]),
    ("base64", &["mail/transport"]),
    ("chrono", &["clock"]),
    ("clap", &["cli"]),
    ("rpassword", &["cli"]),
    ("pin_project_lite", &["http/cors", "http/envelope"]),
    ("crossbeam_channel", &["lane", "passwords/hasher", "store/lanes", "store/checkpoint", "log/sink"]),
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("faster_hex", &["links"]),
    ("figment", &["settings"]),
    ("form_urlencoded", &["http/body", "links"]),
    ("futures_util", &["http", "mail/transport"]),
    (
        "getrandom",
        &[
            "accounts/session_token",
            "http/envelope",
            "identity",
            "links",
            "mail/schedule",
            "passwords",
            "settings",
            "store/lanes",
        ],
    ),
    ("governor", &["http/throttle"]),
    ("itoa", &["http/envelope", "links"]),
    ("handlebars", &["mail/templates"]),
    // Beside the links: the digest of a session's token.
    ("hex", &["links", "accounts/session_token", "accounts/budgets"]),
    ("hmac", &["links"]),
    ("sha2", &["links", "accounts/session_token", "accounts/budgets", "store/copy"]),
    ("icu_casemap", &["identity"]),
    ("icu_properties", &["identity"]),
    ("idna", &["identity", "mail/message"]),
    ("indicatif", &["cli/database"]),
    (
        "ipnet",
        &[
            "http/client_address",
            "http/envelope",
            "contracts/site",
            "http/served",
            "settings/server",
            "settings/production/server",
        ],
    ),
    ("lettre", &["mail/message"]),
    ("libsqlite3_sys", &["store"]),
    ("native_tls", &["mail/transport"]),
    ("tokio_native_tls", &["mail/transport"]),
    ("pq_sys", &["store"]),
    ("rustix", &["passwords", "app/server", "mail/transport", "files"]),
    ("serde_json", &["http", "mail/templates", "log/lines"]),
    ("strsim", &["settings/suggestion"]),
    ("subtle", &["links", "passwords"]),
    ("tempfile", &["files", "store/backup"]),
    ("tracing_subscriber", &["log", "settings/server"]),
    ("unicode_normalization", &["identity", "passwords"]),
    ("url", &["http/origins", "links", "settings"]),
    ("uuid", &["identity"]),
    ("zeroize", &["passwords", "secret", "settings"]),
    ("std::env", &["main", "cli"]),
    ("SystemTime::now", &["clock"]),
    ("Utc::now", &["clock"]),
    ("Local::now", &["clock"]),
];

/// Crates that every room may use.
const EVERYWHERE: &[&str] = &["serde", "thiserror", "tokio", "tracing"];

/// A file that grows beyond this is two files.
const LONGEST_FILE: usize = 300;

#[test]
fn every_file_keeps_to_the_rules_of_its_room() {
    let mut broken = Vec::new();
    for (file, text) in files("src", "rs").into_iter().filter(|(file, _)| !is_test(file)) {
        let below_src = file.strip_prefix("src/").expect("listed below src");
        broken.extend(violations(RULES, below_src, &text));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn rooms_use_only_rooms_below_them() {
    for (height, (room, may_use)) in ROOMS.iter().enumerate() {
        for used in *may_use {
            let lower = &ROOMS[height + 1..];
            assert!(lower.iter().any(|(name, _)| name == used), "`{used}` does not stand below `{room}` in ROOMS");
        }
    }
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
    for (room, _) in ROOMS {
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

/// Tests may reach anywhere.
fn is_test(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
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
