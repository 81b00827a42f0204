//! `countersign database copy`: whatever is in a database arrives, is compared, and nothing else is touched.

#[cfg(feature = "postgres")]
pub mod cluster;
mod killed;
mod refusals;
mod resumed;
pub mod sample;

use diesel::connection::SimpleConnection;

use crate::process::{Home, registration};
#[cfg(feature = "postgres")]
use cluster::Database;
use sample::{everything, lines, make_source, open};

/// Unlimited, cheap, on a free port, and on the source.
const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                        [throttle]\nenabled = false\n[database]\nurl = \"sqlite://source.sqlite3\"\n";

fn home() -> Home {
    Home::new(SETTINGS)
}

/// A home with a source of everything, and this many users beside.
fn home_with_source(users: u32) -> Home {
    let home = home();
    make_source(&home, users);
    home
}

#[test]
fn every_value_arrives_in_another_sqlite_file_that_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let home = home_with_source(2_500);
    let said = home.run(&["database", "copy", "--to", "sqlite://new/target.sqlite3"]).done();
    assert!(said.contains("7523 rows were copied in "), "{said}");
    assert!(said.contains("Set `database.url` to sqlite://new/target.sqlite3"), "{said}");
    assert!(!said.contains("mail.example"), "{said}");
    let target = home.path("new/target.sqlite3");
    assert_eq!(everything(&target).len(), 7_523);
    assert_eq!(everything(&target), everything(&home.path("source.sqlite3")));
    assert_eq!(std::fs::metadata(&target).expect("it was made").permissions().mode() & 0o777, 0o600);
}

#[cfg(feature = "postgres")]
#[test]
fn every_value_survives_the_way_to_postgres_and_back() {
    let Some(postgres) = Database::create() else { return };
    let home = home_with_source(2_500);
    home.run(&["database", "copy", "--to", &postgres.url()]).done();
    home.run(&["database", "copy", "--verify-only", "--to", &postgres.url()]).done();
    home.run(&["database", "copy", "--from", &postgres.url(), "--to", "sqlite://target.sqlite3"]).done();
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));

    let from_sqlite = lines(
        &mut open(&home.path("source.sqlite3")),
        "SELECT t.name || '.' || c.name AS line FROM sqlite_master AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'contested_emails' ORDER BY 1",
    );
    let mut from_postgres = postgres.lines(
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns WHERE table_schema = 'public'",
    );
    from_postgres.sort();
    assert_eq!(
        from_postgres, from_sqlite,
        "both engines have the same tables and columns, but for one that triggers fill on SQLite"
    );
}

#[test]
fn the_same_again_after_the_end_finds_nothing_left_to_do() {
    let home = home_with_source(10);
    let copy = &["database", "copy", "--to", "sqlite://target.sqlite3"];
    home.run(copy).done();
    let before = everything(&home.path("target.sqlite3"));
    assert!(home.run(copy).done().contains("Nothing was left to copy."));
    assert_eq!(everything(&home.path("target.sqlite3")), before);
}

#[test]
fn a_url_may_lie_in_a_file_and_is_shown_without_its_password() {
    let home = home_with_source(10);
    for (name, url) in [("from.url", "sqlite://source.sqlite3\n"), ("to.url", "sqlite://target.sqlite3")] {
        std::fs::write(home.path(name), url).expect("it can be written");
    }
    home.run(&["database", "copy", "--from-file", "from.url", "--to-file", "to.url"]).done();
    assert_eq!(everything(&home.path("target.sqlite3")), everything(&home.path("source.sqlite3")));
}

#[test]
fn a_row_that_was_changed_in_the_copy_is_found_by_verifying_alone() {
    let home = home_with_source(1_200);
    home.run(&["database", "copy", "--to", "sqlite://target.sqlite3"]).done();
    let verify = &["database", "copy", "--verify-only", "--to", "sqlite://target.sqlite3"];
    assert!(home.run(verify).done().ends_with("Both databases hold the same.\n"));
    for (slip, table) in [
        ("UPDATE users SET first_name = 'Eve' WHERE id = 'b'", "users"),
        (
            "UPDATE users SET first_name = '' WHERE id = 'b'; UPDATE outbox SET last_error = NULL WHERE id = 'waits'",
            "outbox",
        ),
        ("UPDATE outbox SET last_error = '' WHERE id = 'waits'; DELETE FROM sessions WHERE id = 's1'", "sessions"),
    ] {
        open(&home.path("target.sqlite3")).batch_execute(slip).expect("it is SQL");
        let finished = home.run(verify);
        let complaint = finished.complaint(1);
        assert!(complaint.starts_with(&format!("`{table}` has ")), "{slip}: {complaint}");
        assert!(complaint.contains("not the same; do not use the target"), "{complaint}");
    }
}

#[tokio::test]
async fn a_session_goes_on_and_a_link_verifies_on_the_copy() {
    let home = home();
    let http = reqwest::Client::new();
    let mut program = home.serve();
    program.register("ann").await;
    home.run(&["users", "verify", "ann"]).done();
    let login = serde_json::json!({"login": "ann", "password": registration("ann")["password"]});
    let answer = http.post(format!("{}login/", program.base_url().await)).json(&login).send().await;
    let answer: serde_json::Value = answer.expect("it answers").json().await.expect("it is JSON");
    let token = answer["token"].as_str().expect("a token").to_owned();
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));

    home.run(&["database", "copy", "--to", "sqlite://target.sqlite3"]).done();
    let mut command = home.command(&["serve"]);
    command.env("COUNTERSIGN__DATABASE__URL", "sqlite://target.sqlite3");
    let program = crate::process::Program::start(command);
    let profile =
        http.get(format!("{}profile/", program.base_url().await)).header("Authorization", format!("Token {token}"));
    assert_eq!(profile.send().await.expect("it answers").status(), 200, "{}", program.log());
    program.register("bob").await;
}
