//! Values of declared fields, whatever is declared: they are the same at the API, at the command line, in backups and
//! in copies of the database.

use std::process::Command;

use reqwest::Client;
use serde_json::{Map, Value, json};

#[cfg(feature = "postgres")]
use crate::database_copy::cluster::Database;
use crate::process::{Finished, Home, Program, registration};
use crate::support::drawn_fields::{DrawnField, Draws};

/// Unlimited, cheap, on a free port; users are active at once.
const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n\
                        [throttle]\nenabled = false\n[log]\nlevel = \"error\"\n\
                        [registration]\nverification = false\n[login]\nrequire_verified = false\n";
const FIELDS: usize = 20;
const USERS: usize = 10;
/// How often values that were refused are drawn anew.
const ATTEMPTS: usize = 200;

/// A registered user: the name, a token, and the values that were shown at registration.
struct Registered {
    name: String,
    token: String,
    shown: Map<String, Value>,
}

async fn post(base_url: &str, path: &str, body: &Value) -> (u16, Map<String, Value>) {
    let answer = Client::new().post(format!("{base_url}{path}")).json(body).send().await.expect("the program answers");
    (answer.status().as_u16(), answer.json().await.expect("an object"))
}

/// Registers a user with a value of each field; refused ones are drawn anew.
async fn register(base_url: &str, name: &str, fields: &[DrawnField], draws: &mut Draws) -> Registered {
    let mut body = registration(name);
    fields.iter().for_each(|field| body[field.name()] = draws.value(field));
    for _ in 0..ATTEMPTS {
        let (status, answer) = post(base_url, "register/", &body).await;
        if status == 201 {
            let shown = among(&answer, fields);
            let credentials = json!({ "login": name, "password": body["password"] });
            let (status, login) = post(base_url, "login/", &credentials).await;
            assert_eq!(status, 200, "{login:?}");
            let token = login["token"].as_str().expect("a token").to_owned();
            return Registered { name: name.to_owned(), token, shown };
        }
        for fault in answer.keys() {
            let field = fields.iter().find(|field| field.name() == fault).expect("only declared fields are refused");
            body[fault] = draws.value(field);
        }
    }
    panic!("values were refused {ATTEMPTS} times: {body} of {fields:?}");
}

fn among(object: &Map<String, Value>, fields: &[DrawnField]) -> Map<String, Value> {
    fields.iter().map(|field| (field.name().to_owned(), object[field.name()].clone())).collect()
}

/// The program with these arguments on another database.
fn on(home: &Home, url: &str, arguments: &[&str]) -> Command {
    let mut command = home.command(arguments);
    command.env("COUNTERSIGN__DATABASE__URL", url);
    command
}

/// Expects these users with their values in a database, at the API and at the command line.
async fn expect_all(home: &Home, url: &str, fields: &[DrawnField], users: &[Registered]) {
    let program = Program::start(on(home, url, &["serve"]));
    let profile = format!("{}profile/", program.base_url().await);
    for user in users {
        let request = Client::new().get(&profile).header("authorization", format!("Token {}", user.token));
        let answer = request.send().await.expect("the program answers").json().await.expect("an object");
        assert_eq!(among(&answer, fields), user.shown, "{} in {url}", user.name);
        let record = Finished::of(&mut on(home, url, &["users", "show", &user.name])).done();
        for (name, shown) in &user.shown {
            expect_line(&record, name, shown);
        }
    }
    let checked = Finished::of(&mut on(home, url, &["check"])).done();
    assert!(!checked.contains("NOTE"), "{checked}");
}

/// Expects the value in a record of the command line, which shows what no terminal can show in another way.
fn expect_line(record: &str, name: &str, shown: &Value) {
    let start = format!("profile     {name} = ");
    let line = record.lines().find_map(|line| line.strip_prefix(&start)).expect("every field has a line");
    let is_plain = |text: &str| text.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic());
    if shown.as_str().is_none_or(is_plain) {
        let written = line.strip_suffix(" (not stored)").unwrap_or(line);
        assert_eq!(serde_json::from_str::<Value>(written).ok().as_ref(), Some(shown), "{line}");
    }
}

#[tokio::test]
async fn what_a_registration_accepts_is_in_every_record_backup_and_copy() {
    let mut draws = Draws::default();
    let fields = draws.fields(FIELDS);
    let home = Home::new(&format!("{SETTINGS}{}", fields.iter().map(DrawnField::toml).collect::<String>()));
    let mut program = home.serve();
    let base_url = program.base_url().await;
    let mut users = Vec::new();
    for number in 0..USERS {
        users.push(register(&base_url, &format!("user{number}"), &fields, &mut draws).await);
    }
    home.run(&["database", "backup", "backup"]).done();
    program.terminate();
    assert!(program.ended().await.success(), "{}", program.log());

    home.run(&["database", "copy", "--to", "sqlite://copy.sqlite3"]).done();
    for url in ["sqlite://var/countersign.sqlite3", "sqlite://backup", "sqlite://copy.sqlite3"] {
        expect_all(&home, url, &fields, &users).await;
    }
    #[cfg(feature = "postgres")]
    if let Some(postgres) = Database::create() {
        home.run(&["database", "copy", "--to", &postgres.url()]).done();
        home.run(&["database", "copy", "--verify-only", "--to", &postgres.url()]).done();
        home.run(&["database", "copy", "--from", &postgres.url(), "--to", "sqlite://back.sqlite3"]).done();
        expect_all(&home, &postgres.url(), &fields, &users).await;
        expect_all(&home, "sqlite://back.sqlite3", &fields, &users).await;
    }
}
