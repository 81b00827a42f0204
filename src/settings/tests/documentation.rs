//! settings.toml and the code must say the same.

use super::super::layers::{BUILT_IN, Layers};
use super::*;

/// Returns the keys of settings.toml in the order they stand there.
fn documented_keys() -> Vec<String> {
    let mut section = String::new();
    let mut keys = Vec::new();
    for line in BUILT_IN.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = format!("{name}.");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|(name, _)| !name.starts_with(['#', ' '])) {
            keys.push(format!("{section}{name}"));
        }
    }
    keys
}

#[test]
fn every_documented_key_is_read_once_and_in_its_order() {
    let read: Vec<_> = Settings::defaults().entries().iter().map(|entry| entry.key.clone()).collect();
    assert_eq!(read, documented_keys());
}

#[test]
fn the_toml_parser_sees_the_same_keys_as_a_reader_of_the_text() {
    let mut documented = documented_keys();
    documented.sort();
    assert_eq!(Layers::built_in().values.into_keys().collect::<Vec<_>>(), documented);
}

#[test]
fn every_key_has_a_comment_above_it_or_above_its_group() {
    let paragraphs = BUILT_IN.split("\n\n").filter(|paragraph| paragraph.lines().any(|line| line.contains(" = ")));
    for paragraph in paragraphs.filter(|paragraph| !paragraph.lines().all(|line| line.starts_with('#'))) {
        assert!(paragraph.starts_with('#') || paragraph.starts_with("\n# "), "no comment: {paragraph}");
    }
}

#[test]
fn settings_toml_itself_is_a_valid_settings_file_that_changes_nothing() {
    let settings = load_text(BUILT_IN).unwrap();
    let values = |settings: &Settings| -> Vec<_> {
        settings.entries().iter().map(|entry| (entry.key.clone(), entry.shown_value.clone())).collect()
    };
    assert_eq!(values(&settings), values(&Settings::defaults()));
}

#[test]
fn lines_fit_into_a_terminal() {
    let long: Vec<_> = BUILT_IN.lines().filter(|line| line.chars().count() > 120).collect();
    assert_eq!(long, Vec::<&str>::new());
}

/// Returns the examples of settings files in `docs/` and the README, each with its page.
fn examples() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let directories = ["docs", "docs/http-api"].map(|name| std::fs::read_dir(root.join(name)).expect("it is there"));
    let pages = directories.into_iter().flatten().map(|entry| entry.expect("it can be read").path());
    let mut found = Vec::new();
    for page in pages.chain([root.join("README.md")]).filter(|page| page.extension().is_some_and(|end| end == "md")) {
        let text = std::fs::read_to_string(&page).expect("it is text");
        let blocks = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        // Cargo's own file has these sections.
        let of_settings = blocks.filter(|block| !block.contains("[dependencies]") && !block.contains("[profile."));
        found.extend(of_settings.map(|block| (page.display().to_string(), block.to_owned())));
    }
    found
}

#[test]
fn every_example_of_a_settings_file_is_accepted() {
    let examples = examples();
    assert!(examples.len() > 10, "{}", examples.len());
    for (page, example) in examples {
        let faults =
            load_text(&example).map_or_else(|errors| errors.iter().map(ToString::to_string).collect(), |_| vec![]);
        // Files of secrets are not on this machine.
        let faults: Vec<_> = faults.iter().filter(|fault| !fault.to_lowercase().contains("no such file")).collect();
        assert!(faults.is_empty(), "{page}: {faults:#?}\n{example}");
    }
}
