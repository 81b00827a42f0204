//! Shell completions and manual pages, which the program prints of its own command line.

use std::fs;

use super::home;
use crate::process::Home;

#[test]
fn every_shell_gets_completions_that_name_the_commands() {
    let home = home();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = home.run(&["completions", shell]).done();
        for word in ["countersign", "set-email", "purge-field", "settings"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    let refused = home.run(&["completions", "cmd"]);
    assert!(refused.code == Some(2) && refused.stderr.contains("zsh"), "{refused:?}");
}

#[test]
fn completions_for_bash_are_what_bash_can_read() {
    let home = home();
    fs::write(home.path("completions"), home.run(&["completions", "bash"]).done()).expect("it can be written");
    let mut bash = std::process::Command::new("bash");
    let checked = bash.args(["-n", "completions"]).current_dir(home.path("")).output().expect("there is bash");
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_manual_page_is_printed_for_the_program_and_for_each_command() {
    let home = Home::new("mode = \"staging\"\n");
    let page = home.run(&["man"]).done();
    assert!(page.contains(".TH countersign 1") && page.contains("countersign\\-users"), "{page}");
    assert!(page.contains("Exit codes"), "{page}");
    let page = home.run(&["man", "users", "search"]).done();
    assert!(page.contains(".TH countersign-users-search 1") && page.contains("\\-\\-limit"), "{page}");
    let complaint = home.run(&["man", "users", "frobnicate"]).complaint(2);
    assert!(complaint.contains("no command frobnicate"), "{complaint}");
}

#[test]
fn all_manual_pages_are_written_into_a_directory() {
    let home = home();
    let said = home.run(&["man", "--directory", "man/man1"]).done();
    let mut names: Vec<_> = fs::read_dir(home.path("man/man1"))
        .expect("it was made")
        .map(|file| file.expect("it is there").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(said, format!("Wrote {} pages into man/man1.\n", names.len()));
    for name in ["countersign.1", "countersign-users-set-email.1", "countersign-mail-delete.1", "countersign-man.1"] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    let complaint = home.run(&["man", "--directory", "settings.toml/x"]).complaint(1);
    assert!(complaint.contains("can be made"), "{complaint}");
}
