//! What the pages for people name is there: tests, settings, and other pages.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `directory` whose name ends so.
fn files(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it is there");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The pages, with their names.
fn pages() -> Vec<(PathBuf, String)> {
    let mut paths = ["docs", "tests"].map(|directory| files(&root().join(directory), ".md")).concat();
    paths.extend(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|name| root().join(name)));
    paths.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

/// What a page has between single backticks, outside of blocks of code.
fn quoted(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2);
    prose.flat_map(|prose| prose.split('`').skip(1).step_by(2)).collect()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

#[test]
fn every_test_that_the_page_on_security_names_exists() {
    let sources = ["src", "tests"].map(|directory| files(&root().join(directory), ".rs")).concat();
    let sources: Vec<String> = sources.iter().map(|path| read(path)).collect();
    let functions: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("fn ").skip(1))
        .filter_map(|rest| rest.split(['(', '<']).next())
        .collect();
    let page = read(&root().join("docs/security.md"));
    // Tests are named as sentences, and nothing else on that page has so many words.
    let named: Vec<&str> =
        quoted(&page).into_iter().filter(|text| is_word(text) && text.matches('_').count() >= 3).collect();
    assert!(named.len() > 50, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !functions.contains(**name)).collect();
    assert!(missing.is_empty(), "docs/security.md names tests that are not there: {missing:#?}");
}

#[test]
fn every_setting_that_a_page_names_exists() {
    let settings = read(&root().join("settings.toml"));
    let (mut sections, mut keys, mut section) = (BTreeSet::new(), BTreeSet::new(), "");
    for line in settings.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            sections.insert(name);
        } else if let Some((key, _)) = line.split_once(" = ").filter(|(key, _)| is_word(key)) {
            keys.insert(format!("{section}.{key}"));
        }
    }
    // Only the changelog may name what a key was called before.
    let moved = read(&root().join("src/settings/moved.rs"));
    for (path, page) in pages() {
        let is_changelog = path.ends_with("CHANGELOG.md");
        for text in quoted(&page) {
            let name = text.split(" = ").next().unwrap_or(text);
            let is_setting =
                name.rsplit_once('.').is_some_and(|(section, key)| sections.contains(section) && is_word(key));
            let is_known = !is_setting || keys.contains(name) || sections.contains(name) || name.ends_with(".md");
            let was_known = is_changelog && moved.contains(&format!("\"{name}\""));
            assert!(is_known || was_known, "{} names the setting {name}, which is not there", path.display());
        }
    }
}

#[test]
fn every_file_that_a_page_links_to_exists() {
    for (path, page) in pages() {
        for target in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with('#') {
                continue;
            }
            let file = target.split('#').next().unwrap_or(target);
            let directory = path.parent().expect("a page lies in a directory");
            assert!(directory.join(file).exists(), "{} links to {target}, which is not there", path.display());
        }
    }
}

/// The words of a page that look like a path of the repository or the name of one of its files, in code or not.
///
/// A path begins with one of `folders`; a placeholder (`NAME`, `$engine`, `*`, `…`) makes a word no path.
fn paths<'a>(page: &'a str, folders: &[String]) -> Vec<&'a str> {
    let is_separator = |c: char| c.is_whitespace() || "`()[]|,;:\"'“”=".contains(c);
    let is_placeholder = |word: &str| {
        matches!(word, "foo.rs" | "mod.rs")
            || word.contains(['$', '*', '…', '{', '<'])
            || word.split(['/', '.']).any(|part| matches!(part, "NAME" | "CONTRACT" | "VERSION" | "PREVIOUS"))
    };
    page.split(is_separator)
        .map(|word| word.split('#').next().unwrap_or(word).trim_end_matches('.'))
        .filter(|word| !is_placeholder(word))
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder.as_str())) || word.ends_with(".rs"))
        .collect()
}

#[test]
fn every_path_that_a_page_names_exists() {
    let entries =
        fs::read_dir(root()).expect("the repository can be listed").map(|entry| entry.expect("it can be read"));
    let folders: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| format!("{}/", entry.file_name().to_string_lossy()))
        .filter(|folder| !matches!(folder.as_str(), "target/" | "var/" | ".git/"))
        .collect();
    let sources = ["src", "tests", "benches", "examples"].map(|folder| files(&root().join(folder), ".rs")).concat();
    let is_there = |name: &str, page: &Path| {
        let from_page = page.parent().expect("a page lies in a directory").join(name);
        root().join(name).exists() || from_page.exists() || sources.iter().any(|path| path.ends_with(name))
    };
    let (mut checked, mut missing) = (0, Vec::new());
    // What was released is history, and so are the names in it.
    for (path, page) in pages().into_iter().filter(|(path, _)| !path.ends_with("CHANGELOG.md")) {
        let named = paths(&page, &folders);
        checked += named.len();
        let gone = named.into_iter().filter(|name| !is_there(name, &path));
        missing.extend(gone.map(|name| format!("{} names {name}", path.display())));
    }
    assert!(checked > 100, "{checked}");
    assert!(missing.is_empty(), "these are not there:\n{}", missing.join("\n"));
}

#[test]
fn every_waiver_names_a_row_of_the_page_on_differences() {
    let page = read(&root().join("docs/differences.md"));
    let rows: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let lists = files(&root().join("tests/conformance"), "waivers.txt");
    assert!(!lists.is_empty());
    for path in lists {
        let list = read(&path);
        for line in list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let row = line.split(' ').nth(2).unwrap_or_default();
            assert!(rows.contains(row), "{}: there is no row {row}: {line}", path.display());
        }
    }
}
