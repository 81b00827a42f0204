//! What is compiled in and can be had without the sources: settings and templates.

use std::fs;
use std::path::Path;

use super::{QUIET, home};
use crate::process::Home;

#[test]
fn the_built_in_settings_are_printed_as_they_stand_in_the_file() {
    let settings = include_str!("../../settings.toml");
    assert_eq!(home().run(&["settings", "--defaults"]).done(), settings);
    // Also while the settings are wrong: that is when they are looked up.
    let home = Home::new("mode = \"staging\"\n");
    assert_eq!(home.run(&["settings", "--defaults"]).done(), settings);
    fs::write(home.settings(), settings).expect("it can be written");
    assert!(home.run(&["settings"]).done().contains("server.bind"));
}

/// The templates in the sources.
fn sources() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/email_templates"))
}

/// Every file below `directory`, by its path from there, with its content.
fn content(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("it is there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(content(&path).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.push((name, fs::read_to_string(path).expect("it is text")));
        }
    }
    found.sort();
    found
}

#[test]
fn the_built_in_templates_are_written_and_can_be_used() {
    let home = home();
    let said = home.run(&["mail", "templates", "own/templates"]).done();
    assert!(said.contains("templates into own/templates.") && said.contains("`mail.templates_directory`"), "{said}");
    assert_eq!(content(&home.path("own/templates")), content(sources()));
    assert!(!home.path("var").exists(), "nothing else is made");

    fs::write(home.settings(), format!("{QUIET}[mail]\ntemplates_directory = \"own/templates\"\n")).expect("writable");
    home.run(&["check"]).done();
    let again = home.run(&["mail", "templates", "own/templates"]).done();
    assert!(again.starts_with("All templates are in own/templates already."), "{again}");
}

#[test]
fn templates_that_are_there_are_kept_unless_they_are_to_be_replaced() {
    let home = home();
    fs::create_dir_all(home.path("own/verify-registration")).expect("it can be made");
    let mine = home.path("own/verify-registration/text.hbs");
    fs::write(&mine, "mine {{url}}").expect("it can be written");
    let complaint = home.run(&["mail", "templates", "own"]).complaint(1);
    assert!(complaint.contains("own/verify-registration/text.hbs") && complaint.contains("--replace"), "{complaint}");
    assert_eq!(content(&home.path("own")).len(), 1, "nothing was written");

    home.run(&["mail", "templates", "own", "--replace"]).done();
    assert_eq!(content(&home.path("own")), content(sources()));
}

#[test]
fn a_directory_that_cannot_be_made_is_told() {
    let home = home();
    fs::write(home.path("file"), "in the way").expect("it can be written");
    let complaint = home.run(&["mail", "templates", "file"]).complaint(1);
    assert!(complaint.starts_with("file/") && complaint.contains("can be made and written"), "{complaint}");
    assert_eq!(home.run(&["mail", "templates"]).code, Some(2));
}

#[test]
fn what_lies_beside_templates_and_is_none_is_passed_over() {
    let home = home();
    home.run(&["mail", "templates", "own"]).done();
    for name in ["README.md", "verify-email/text.hbs~", "layout.html.hbs.bak", ".git", "#text.hbs#", "text.hbs.orig"] {
        fs::write(home.path("own").join(name), "{{broken").expect("it can be written");
    }
    fs::write(home.settings(), format!("{QUIET}[mail]\ntemplates_directory = \"own\"\n")).expect("it can be written");
    home.run(&["check"]).done();
    fs::write(home.path("own/verify-email/txt.hbs"), "a slip").expect("it can be written");
    let checked = home.run(&["check"]);
    assert_eq!(checked.code, Some(1));
    assert!(checked.stdout.contains("txt.hbs: replaces no built-in template"), "{}", checked.stdout);
}
