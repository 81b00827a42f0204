//! Declared profile fields at the command line: shown, set, deleted, and compared with their declarations.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::QUIET;
use super::users::shown;
use crate::process::{Finished, Home};

const FIELDS: &str = "
    [[profile_fields]]
    name = \"location\"
    type = \"text\"
    max_length = 30
    [[profile_fields]]
    name = \"points\"
    type = \"integer\"
    editable = \"never\"
    [[profile_fields]]
    name = \"role\"
    type = \"choice\"
    choices = [\"student\", \"teacher\"]
    default = \"student\"
";

/// A directory with a database and these fields.
fn home_with(fields: &str) -> Home {
    let home = Home::new(&format!("{QUIET}{fields}"));
    home.run(&["migrate"]).done();
    home
}

/// The same directory with other fields.
fn redeclare(home: &Home, fields: &str) {
    fs::write(home.settings(), format!("{QUIET}{fields}")).expect("it can be written");
}

fn create(home: &Home, name: &str, fields: &[&str]) -> Finished {
    let address = format!("{name}@mail.example");
    let mut command = home.command(&["users", "create", "--username", name, "--email", &address]);
    fields.iter().for_each(|field| {
        command.args(["--field", field]);
    });
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be run");
    // A refused command reads no password.
    let _ = child.stdin.take().expect("it is piped").write_all(b"Kettle-Harbor-42\n");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn execute(home: &Home, sql: &str) {
    let path = home.path("var/countersign.sqlite3");
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("it is there");
    connection.batch_execute(sql).expect("it is SQL");
}

fn profile(home: &Home, user: &str) -> Vec<String> {
    let shown = home.run(&["users", "show", user]).done();
    shown.lines().filter_map(|line| line.strip_prefix("profile     ")).map(str::to_owned).collect()
}

#[test]
fn a_user_is_created_and_shown_with_declared_fields() {
    let home = home_with(FIELDS);
    assert_eq!(create(&home, "ann", &["location=Köln = Deutz", "points=-3"]).code, Some(0));
    let expected = [r#"location = "Köln = Deutz""#, "points = -3", r#"role = "student" (not stored)"#];
    assert_eq!(profile(&home, "ann"), expected);
    assert_eq!(shown(&home, "ann", "changed"), "-");
}

#[test]
fn a_wrong_value_is_told_and_no_user_is_created() {
    let badge = "[[profile_fields]]\nname = \"badge\"\ntype = \"text\"\npattern = \"[0-9]{4}\"\n";
    let home = home_with(&format!("{FIELDS}{badge}"));
    for (field, told) in [
        ("points=many", "the value of points does not fit: it must be a whole number"),
        ("role=boss", "the value of role does not fit: it must be one of the choices: student, teacher"),
        ("badge=b", "the value of badge does not fit: it must match the field's pattern [0-9]{4}"),
        ("nick=x", "no profile field is named nick; declared are location, points, role, badge"),
        ("location", "--field location has no value: write it as NAME=VALUE"),
    ] {
        assert_eq!(create(&home, "ann", &[field]).complaint(2), told);
    }
    assert_eq!(home.run(&["users", "list"]).done(), "");
}

#[test]
fn an_operator_sets_any_field_of_a_user() {
    let home = home_with(FIELDS);
    create(&home, "ann", &[]);
    let done = home.run(&["users", "set-field", "ann", "points", "-7"]).done();
    assert!(done.starts_with("points of ") && done.ends_with(" is set.\n"), "{done}");
    home.run(&["users", "set-field", "ann", "location", " Ulm "]).done();
    let expected = [r#"location = "Ulm""#, "points = -7", r#"role = "student" (not stored)"#];
    assert_eq!(profile(&home, "ann"), expected);
    assert_ne!(shown(&home, "ann", "changed"), "-");
    home.run(&["users", "set-field", "ann", "points", "--null"]).done();
    assert_eq!(profile(&home, "ann")[1], "points = null");
    let refused = home.run(&["users", "set-field", "ann", "role", "--null"]).complaint(2);
    assert_eq!(refused, "the value of role does not fit: it must not be null");
    let undeclared = home.run(&["users", "set-field", "ann", "nick", "x"]).complaint(2);
    assert_eq!(undeclared, "no profile field is named nick; declared are location, points, role");
    let nobody = home.run(&["users", "set-field", "bob", "points", "1"]).complaint(1);
    assert!(nobody.starts_with("no user has the id, username or e-mail address bob"), "{nobody}");
}

#[test]
fn values_of_a_removed_declaration_stay_until_they_are_purged() {
    let home = home_with(FIELDS);
    for (name, location) in [("ann", "Ulm"), ("bob", "Bonn"), ("eve", "Gera")] {
        create(&home, name, &[&format!("location={location}"), "points=1"]);
    }
    create(&home, "dan", &["points=1"]);
    let purge = |arguments: &[&str]| home.run(&[&["users", "purge-field", "location"], arguments].concat());

    let refused = purge(&["--yes"]).complaint(1);
    assert!(refused.starts_with("the field location is declared (file ") && refused.contains("remove its declaration"));
    let without = FIELDS.replace("location", "place");
    redeclare(&home, &without);
    assert_eq!(profile(&home, "ann").last().map(String::as_str), Some(r#"location = "Ulm" (not declared)"#));
    assert_eq!(purge(&["--dry-run"]).done(), "3 users have a value of location. Nothing was changed.\n");
    let unasked = purge(&[]).complaint(2);
    assert_eq!(
        unasked,
        "the program cannot ask here, as its input is no terminal: add --yes to delete, or --dry-run to count"
    );
    assert_eq!(purge(&["--yes"]).done(), "The values of location of 3 users are deleted.\n");
    assert_eq!(purge(&[]).done(), "No user has a value of location.\n");
    redeclare(&home, FIELDS);
    for name in ["ann", "bob", "eve", "dan"] {
        assert_eq!(profile(&home, name)[..2], [r#"location = "" (not stored)"#, "points = 1"], "{name}");
    }
}

#[test]
fn a_purge_reaches_every_user_of_a_large_table_and_nothing_else() {
    let home = home_with(FIELDS);
    execute(
        &home,
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1601)
         INSERT INTO users (id, username, username_key, first_name, last_name, password_hash, link_secret, created_at, profile)
         SELECT 'id-' || n, 'user-' || n, 'user-' || n, '', '', '', printf('%032d', n), n,
             CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '{\"gone\":1}' ELSE '{\"gone\":\"x\",\"points\":' || n || '}' END
         FROM numbers",
    );
    assert_eq!(
        home.run(&["users", "purge-field", "gone", "--yes"]).done(),
        "The values of gone of 1201 users are deleted.\n"
    );
    assert_eq!(profile(&home, "id-1")[1], "points = null (not stored)");
    assert_eq!(profile(&home, "id-1599")[1], "points = 1599");
    assert_eq!(home.run(&["users", "purge-field", "gone"]).done(), "No user has a value of gone.\n");
}

#[test]
fn a_check_tells_values_that_fit_no_longer() {
    let home = home_with(FIELDS);
    create(&home, "ann", &["points=5", "location=Ulm"]);
    create(&home, "bob", &["points=500", "role=student"]);
    create(&home, "eve", &[]);
    assert!(!home.run(&["check"]).done().contains("NOTE"));
    redeclare(&home, &FIELDS.replace("\"integer\"", "\"integer\"\n    max = 100").replace("location", "place"));
    let checked = home.run(&["check"]).done();
    assert!(
        checked.contains("NOTE        `profile_fields.points`: 1 user has a value that does not fit,"),
        "{checked}"
    );
    assert!(checked.contains("(of 3 users looked at; --all-profiles looks at all)"), "{checked}");
    assert!(checked.contains("NOTE        1 user has a value of `location`, which is not declared"), "{checked}");
    assert!(checked.contains("`countersign users purge-field location` deletes the values"), "{checked}");
    assert!(checked.ends_with("Nothing to complain about.\n"), "{checked}");
    execute(&home, "UPDATE users SET profile = '[1]' WHERE username = 'eve'");
    let all = home.run(&["check", "--all-profiles"]).done();
    assert!(all.contains("NOTE        1 user has a profile that is not a JSON object"), "{all}");
    assert!(all.contains("(of 3 users)"), "{all}");
    assert_eq!(profile(&home, "eve"), ["is not a JSON object: repair the column `profile` of the table `users`"]);
}

#[test]
fn a_check_tells_faults_of_declarations_with_their_origin() {
    let home = Home::new(&format!("{QUIET}[[profile_fields]]\nname = \"id\"\ntype = \"texts\""));
    let finished = home.run(&["check"]);
    assert_eq!(finished.code, Some(2));
    for told in ["`profile_fields.id.type` is \"texts\" (file ", "`profile_fields.id.name` is \"id\" (file "] {
        assert!(finished.stderr.contains(told), "{}", finished.stderr);
    }
}
