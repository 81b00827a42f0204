//! `countersign check`: links and tokens of another system that are still accepted.

use diesel::connection::SimpleConnection;

use super::home;
use super::users::home_of;
use crate::database_copy::sample::open;
use crate::process::{Finished, Home, Program};

const SECRET: &str = "the-key-of-the-old-site-of-this-test-7w";

/// A home of ann, who moved there so many seconds ago.
async fn home_with_ann_since(seconds: u64) -> Home {
    let home = home_of(&["ann"]).await;
    let sql = format!(
        "INSERT INTO moved_users SELECT id, link_secret, CAST(strftime('%s') AS INTEGER) - {seconds} FROM users"
    );
    open(&home.path("var/countersign.sqlite3")).batch_execute(&sql).expect("it is SQL");
    home
}

fn checked(home: &Home, arguments: &[&str]) -> Finished {
    let file = home.path("old.secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("the directory is writable");
    let mut command = home.command(arguments);
    command
        .env("COUNTERSIGN__CONTRACTS__DJOSER__ENABLED", "true")
        .env("COUNTERSIGN__MOVING__DJOSER__SECRETS_FILE", file);
    Finished::of(&mut command)
}

#[tokio::test]
async fn a_check_tells_what_is_accepted_and_until_when() {
    let home = home_with_ann_since(3_600).await;
    let said = checked(&home, &["check"]).done();
    assert!(said.contains("moving      links of djoser are accepted; the last end at 20"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    assert!(!home.run(&["check"]).done().contains("moving"), "nothing is accepted without the secret");
}

#[tokio::test]
async fn a_check_before_the_import_says_that_nothing_is_accepted_yet() {
    let home = home_of(&["ann"]).await;
    let said = checked(&home, &["check"]).done();
    assert!(said.contains("moving      no user has been imported yet"), "{said}");
}

#[tokio::test]
async fn a_section_whose_last_link_has_ended_is_a_risk() {
    let home = home_with_ann_since(259_300).await;
    let said = checked(&home, &["check"]).done();
    assert!(said.contains("moving      links of djoser are accepted, but the last have ended at 20"), "{said}");
    let deployed = checked(&home, &["check", "--deploy"]);
    assert_eq!(deployed.code, Some(1));
    let told = deployed.stdout.lines().find(|line| line.contains("moving.djoser.secrets_file")).unwrap_or_default();
    assert!(told.starts_with("RISK") && told.contains("remove the section"), "{}", deployed.stdout);
}

#[tokio::test]
async fn a_short_secret_is_a_fault_that_does_not_show_it() {
    let home = home_of(&["ann"]).await;
    let file = home.path("short.secret");
    std::fs::write(&file, "abracadabra").expect("the directory is writable");
    let mut command = home.command(&["check"]);
    let complaint = Finished::of(command.env("COUNTERSIGN__MOVING__SIMPLEJWT__SECRETS_FILE", file)).complaint(2);
    assert!(complaint.contains("moving.simplejwt.secrets_file"), "{complaint}");
    assert!(complaint.contains("line 1: a secret of 11 bytes is too short"), "{complaint}");
    assert!(!complaint.contains("abracadabra"), "{complaint}");
}

#[tokio::test]
async fn a_secret_in_quotation_marks_is_told_by_the_check_and_at_the_start() {
    let home = home();
    let file = home.path("old.secret");
    std::fs::write(&file, format!("\"{SECRET}\"\n")).expect("the directory is writable");
    let with_secret = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        command
            .env("COUNTERSIGN__CONTRACTS__DJOSER__ENABLED", "true")
            .env("COUNTERSIGN__MOVING__DJOSER__SECRETS_FILE", &file);
        command
    };
    let checked = Finished::of(&mut with_secret(&["check"]));
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let told = checked.stdout.lines().find(|line| line.contains("moving.djoser.secrets_file")).unwrap_or_default();
    assert!(told.starts_with("RISK") && told.contains("secret 1 stands in quotation marks"), "{}", checked.stdout);

    let program = Program::start(with_secret(&["serve"]));
    program.wait_for_log("secret 1 stands in quotation marks").await;
    let log = program.log();
    let told = log.lines().find(|line| line.contains("moving.djoser.secrets_file")).unwrap_or_default();
    assert!(told.contains("secret 1 stands in quotation marks") && !log.contains(SECRET), "{log}");
}
