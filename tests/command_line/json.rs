//! Lists as JSON, for other programs.

use serde_json::{Value, json};

use super::users::{home_of, shown};
use super::{home, migrated_home};
use crate::process::{Home, registration};

/// The lines that a command prints, each read as JSON.
fn lines(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let printed = home.run(arguments).done();
    printed.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The names of an object's fields, in the order of the alphabet.
fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("it is an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn users_are_listed_as_json_line_by_line() {
    let home = home_of(&["ann", "bob"]).await;
    home.run(&["users", "verify", "ann"]).done();
    let users = lines(&home, &["users", "list", "--json"]);
    let fields = [
        "created_at",
        "disabled_at",
        "email",
        "first_name",
        "id",
        "is_staff",
        "last_login_at",
        "last_name",
        "pending_email",
        "state",
        "username",
        "verified_at",
    ];
    assert_eq!(users.len(), 2);
    for user in &users {
        assert_eq!(names(user), fields);
    }
    let [ann, bob] = &users[..] else { panic!("{users:?}") };
    assert_eq!(
        (&ann["username"], &ann["state"], &ann["email"]),
        (&json!("ann"), &json!("verified"), &json!("ann@mail.example"))
    );
    assert_eq!(ann["verified_at"], shown(&home, "ann", "verified"));
    assert_eq!(
        (&bob["state"], &bob["verified_at"], &bob["is_staff"]),
        (&json!("unverified"), &Value::Null, &json!(false))
    );
    assert_eq!(lines(&home, &["users", "search", "BOB", "--json"]), *std::slice::from_ref(bob));

    let page = home.run(&["users", "list", "--json", "--limit", "1"]);
    assert!(page.stdout.lines().count() == 1 && page.stderr.contains("--after "), "{page:?}");
}

#[tokio::test]
async fn a_user_is_shown_as_one_object_without_a_secret() {
    let home = home_of(&["ann"]).await;
    let shown = lines(&home, &["users", "show", "ann", "--json"]);
    let [ann] = &shown[..] else { panic!("{shown:?}") };
    assert_eq!((&ann["profile"], &ann["provider_accounts"], &ann["staff_at"]), (&json!({}), &json!([]), &Value::Null));
    assert!(!ann.to_string().contains("$argon2") && !ann.to_string().contains("secret"), "{ann}");
    assert!(names(ann).contains(&"profile_updated_at"), "{ann}");
    assert_eq!((&ann["password"], &ann["password_scheme"]), (&json!("current"), &json!("argon2id")));
}

#[tokio::test]
async fn sessions_and_mails_are_listed_as_json_too() {
    let home = home_of(&["ann"]).await;
    home.run(&["users", "verify", "ann"]).done();
    let mut program = home.serve();
    let url = format!("{}login/", program.base_url().await);
    let login = json!({ "login": "ann", "password": registration("ann")["password"] });
    let answer = reqwest::Client::new().post(url).json(&login).send().await.expect("the program answers");
    assert_eq!(answer.status(), 200);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    let sessions = lines(&home, &["users", "sessions", "ann", "--json"]);
    let [session] = &sessions[..] else { panic!("{sessions:?}") };
    assert_eq!(names(session), ["address", "created_at", "expires_at", "id", "last_used_at", "user_agent"]);
    assert_eq!(session["address"], "127.0.0.1");
    assert_eq!(home.run(&["users", "sessions", "ann", "--json", "--end"]).code, Some(2));

    assert_eq!(lines(&migrated_home(), &["mail", "queue", "--json"]), Vec::<Value>::new());
}

#[tokio::test]
async fn characters_that_steer_a_terminal_are_escaped_and_come_back() {
    let home = home();
    let mut program = home.serve();
    let url = format!("{}register/", program.base_url().await);
    let mut body = registration("ann");
    body["first_name"] = "\u{202e}nnA\u{1b}[2J \"Żółć\" \u{e0041}".into();
    let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("the program answers");
    assert_eq!(answer.status(), 201);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    let printed = home.run(&["users", "list", "--json"]).done();
    assert!(!printed.contains('\u{202e}') && !printed.contains('\u{1b}') && printed.contains("Żółć"), "{printed:?}");
    let user: Value = serde_json::from_str(&printed).expect("it is JSON");
    assert_eq!(user["first_name"], body["first_name"]);
}
