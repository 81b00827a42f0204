//! Passwords that were moved here from elsewhere, as the log tells of them.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use crate::process::Home;

#[tokio::test]
async fn a_user_whose_stored_password_is_no_hash_is_logged_once() {
    let home = Home::new(
        "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n[throttle]\nenabled = false\n",
    );
    let mut program = home.serve();
    for name in ["ann", "bob"] {
        program.register(name).await;
    }
    program.terminate();
    program.ended().await;
    let path = home.path("var/countersign.sqlite3");
    let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("the database is there");
    let moved = "UPDATE users SET password_hash = 'pbkdf2_sha256$870000$salt$aGFzaA=='";
    connection.batch_execute(moved).expect("it is SQL");
    drop(connection);

    let mut program = home.serve();
    let url = format!("{}login/", program.base_url().await);
    let client = reqwest::Client::new();
    for login in ["ann", "bob", "ann", "ann", "bob"] {
        let body = serde_json::json!({ "login": login, "password": "Kettle-Harbor-42" });
        let answer = client.post(&url).json(&body).send().await.expect("the program answers");
        assert_eq!(answer.status(), 400, "{}", program.log());
    }
    program.terminate();
    program.ended().await;
    let log = program.log();
    let told: Vec<_> = log.lines().filter(|line| line.contains("cannot log in until the password is reset")).collect();
    assert_eq!(told.len(), 2, "once for each: {log}");
    assert!(told.iter().all(|line| line.contains("user_id=") && !line.contains("pbkdf2")), "{told:?}");
}
