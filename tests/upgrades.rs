//! Databases of every release, from the first on, brought to today's tables: nothing in them may be lost.
//!
//! `tests/upgrades/VERSION/` holds a release's tables as each engine made them, and rows that both read. How to add one
//! is in CONTRIBUTING.md.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::json;

use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

fn releases() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/upgrades");
    let mut releases: Vec<_> = fs::read_dir(all).expect("it is there").flatten().map(|entry| entry.path()).collect();
    releases.sort();
    releases
}

fn read(release: &Path, file: &str) -> String {
    fs::read_to_string(release.join(file)).expect("every release has it")
}

/// The tables that a release's rows are put into, each with its columns.
fn tables(release: &Path) -> Vec<(String, String)> {
    let inserts = Regex::new(r"INSERT INTO ([a-z]+) \(([^)]*)\)").expect("it is an expression");
    let rows = read(release, "rows.sql");
    inserts.captures_iter(&rows).map(|insert| (insert[1].to_owned(), insert[2].to_owned())).collect()
}

/// Starts today's program on a release's database, of which a copy was kept.
async fn upgraded(release: &Path) -> TestApp {
    let copies =
        tables(release).into_iter().map(|(table, _)| format!("CREATE TABLE kept_{table} AS SELECT * FROM {table};"));
    let copies: String = copies.collect();
    TestApp::on_database(|engine| read(release, &format!("{engine}.sql")) + &read(release, "rows.sql") + &copies).await
}

#[test]
fn every_release_is_here() {
    let released = Regex::new(r"(?m)^## \[(\d+\.\d+\.\d+)\]").expect("it is an expression");
    let changelog = include_str!("../CHANGELOG.md");
    let mut versions: Vec<_> = released.captures_iter(changelog).map(|heading| heading[1].to_owned()).collect();
    versions.push(env!("CARGO_PKG_VERSION").to_owned());
    for version in versions {
        assert!(releases().iter().any(|release| release.ends_with(&version)), "tests/upgrades/{version} is missing");
    }
}

#[tokio::test]
async fn every_value_is_kept() {
    for release in releases() {
        let app = upgraded(&release).await;
        let tables = tables(&release);
        assert_eq!(tables.len(), 4, "{release:?} has rows in every table");
        for (table, columns) in tables {
            let count = |sql: String| app.lines(&sql);
            let rows = count(format!("SELECT CAST(count(*) AS text) AS line FROM kept_{table}"));
            assert_ne!(rows, ["0"], "{table}");
            assert_eq!(rows, count(format!("SELECT CAST(count(*) AS text) AS line FROM {table}")), "{table}");
            let changed = format!(
                "SELECT CAST(count(*) AS text) AS line \
                 FROM (SELECT {columns} FROM kept_{table} EXCEPT SELECT {columns} FROM {table}) AS changed"
            );
            assert_eq!(count(changed), ["0"], "{table} of {release:?}");
        }
    }
}

#[tokio::test]
async fn the_tables_are_those_of_a_new_database() {
    let new = TestApp::start().await.schema();
    for release in releases() {
        let app = upgraded(&release).await;
        for (table, _) in tables(&release) {
            app.execute(&format!("DROP TABLE kept_{table}"));
        }
        assert_eq!(app.schema(), new, "{release:?}");
    }
}

#[tokio::test]
async fn passwords_sessions_links_and_mails_hold() {
    for release in releases() {
        let app = upgraded(&release).await;
        app.log_in("ann", PASSWORD).await.expect(200);
        assert!(app.is_alive(&"ab".repeat(32)).await);

        let mails = app.mails().await;
        assert_eq!(mails.len(), 1, "the parked one stays parked, the decoy is none: {mails:?}");
        assert_eq!(mails[0].to, "bob@mail.example");

        let old_link = json!({
            "user_id": "018bcfe1-0000-7000-8000-000000000002",
            "timestamp": "1699999000",
            "signature": "33e06f61690bc0b78df5041520da657a9fb1a384ea0d0eac74557931c2c31e1a",
        });
        app.post_json(paths::VERIFY_REGISTRATION, &old_link).await.expect(200);
        app.log_in("bob", PASSWORD).await.expect(200);
    }
}
