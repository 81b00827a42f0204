//! `countersign users`.

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};

use super::{home, migrated_home};
use crate::process::{Home, registration};

/// A directory in which these people have registered.
pub(super) async fn home_of(names: &[&str]) -> Home {
    let home = home();
    let mut program = home.serve();
    for name in names {
        program.register(name).await;
    }
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    home
}

/// What `users show` tells under this heading.
pub(super) fn shown(home: &Home, user: &str, heading: &str) -> String {
    let shown = home.run(&["users", "show", user]).done();
    let line = shown.lines().find_map(|line| line.strip_prefix(heading)).expect("every heading is there");
    line.trim().to_owned()
}

#[tokio::test]
async fn users_are_listed_in_the_order_they_registered_page_by_page() {
    let home = home_of(&["cleo", "ann", "bob"]).await;
    let all = home.run(&["users", "list"]).done();
    let names: Vec<_> = all.lines().map(|line| line.split_whitespace().nth(3).expect("a name")).collect();
    assert_eq!(names, ["cleo", "ann", "bob"]);
    assert!(all.lines().all(|line| line.contains("  unverified  ")), "{all}");

    let page = home.run(&["users", "list", "--limit", "2"]);
    assert_eq!((page.code, page.stdout.lines().count()), (Some(0), 2));
    let (_, next) = page.stderr.trim_end().split_once("countersign ").expect("it tells how to go on");
    let rest = home.run(&next.split(' ').collect::<Vec<_>>()).done();
    assert_eq!(rest, format!("{}\n", all.lines().nth(2).expect("there are three")));
}

#[tokio::test]
async fn a_user_is_found_by_id_name_and_address_in_any_case() {
    let home = home_of(&["Ann"]).await;
    let id = shown(&home, "ann", "id");
    for known in [id.as_str(), "Ann", "ANN", "ann@mail.example", "ANN@Mail.Example"] {
        assert_eq!(shown(&home, known, "username"), "Ann", "{known}");
    }
    let whole = home.run(&["users", "show", "Ann"]).done();
    assert!(!whole.contains("$argon2") && !whole.contains("secret"), "{whole}");
}

#[tokio::test]
async fn a_user_is_shown_with_the_scheme_of_the_password_and_nothing_else_of_it() {
    let home = home_of(&["ann"]).await;
    assert_eq!(shown(&home, "ann", "password"), "argon2id");
    for (stored, described) in [
        ("!", "none"),
        (
            "pbkdf2_sha256$1000$Mxv1mJkqsyQ3RbV8tYcZ0w$mY37zRMdx43G+QHZz71oUVapAORPJ5RkSKw8KJTbTxI=",
            "pbkdf2_sha256 of another system, replaced at the next login",
        ),
        (
            "$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "matches nothing until it is reset: the password hash of scheme bcrypt has cost 31; allowed are at most 15",
        ),
    ] {
        let path = home.path("var/countersign.sqlite3");
        let mut connection = SqliteConnection::establish(&path.to_string_lossy()).expect("it is there");
        connection.batch_execute(&format!("UPDATE users SET password_hash = '{stored}'")).expect("it is SQL");
        let whole = home.run(&["users", "show", "ann"]).done();
        assert!(whole.contains(&format!("password    {described}\n")), "{whole}");
    }
}

#[tokio::test]
async fn a_user_is_verified_disabled_enabled_and_deleted() {
    let home = home_of(&["ann"]).await;
    assert_eq!(shown(&home, "ann", "verified"), "-");
    let id = shown(&home, "ann", "id");
    let ann = format!("{id} (username ann, address ann@mail.example)");
    assert_eq!(home.run(&["users", "verify", "ann"]).done(), format!("{ann} is verified.\n"));
    assert_ne!(shown(&home, "ann", "verified"), "-");
    assert_eq!(home.run(&["users", "verify", "ann"]).done(), format!("{ann} was verified before.\n"));

    assert_eq!(home.run(&["users", "disable", "ann"]).done(), format!("{ann} is disabled.\n"));
    assert_ne!(shown(&home, "ann", "disabled"), "-");
    let complaint = home.run(&["users", "verify", "ann"]).complaint(1);
    assert!(complaint.contains(&format!("{ann} is disabled; run `countersign users enable id:{id}`")), "{complaint}");
    assert_eq!(home.run(&["users", "enable", "ann"]).done(), format!("{ann} is enabled.\n"));
    assert_eq!(shown(&home, "ann", "disabled"), "-");
    assert_eq!(home.run(&["users", "sessions", "ann"]).done(), format!("0 sessions of {ann}\n"));
    assert_eq!(home.run(&["users", "sessions", "ann", "--end"]).done(), format!("0 sessions of {ann} ended.\n"));

    assert_eq!(home.run(&["users", "delete", "ann"]).done(), format!("{ann} is deleted.\n"));
    assert_eq!(home.run(&["users", "list"]).done(), "");
}

#[tokio::test]
async fn a_user_is_made_staff_and_dismissed() {
    let home = home_of(&["ann", "bob"]).await;
    assert_eq!(shown(&home, "ann", "staff"), "-");
    let ann = format!("{} (username ann, address ann@mail.example)", shown(&home, "ann", "id"));
    let changes: [(&str, &str); 4] = [
        ("make-staff", "is staff."),
        ("make-staff", "is staff."),
        ("dismiss-staff", "is staff no longer."),
        ("dismiss-staff", "is staff no longer."),
    ];
    for (command, said) in changes {
        assert_eq!(home.run(&["users", command, "ann"]).done(), format!("{ann} {said}\n"));
        assert_eq!(shown(&home, "ann", "staff") != "-", command == "make-staff");
        assert_eq!(shown(&home, "bob", "staff"), "-", "{command} changes one user");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_the_operator() {
    let home = home_of(&["ann"]).await;
    home.run(&["users", "verify", "ann"]).done();
    let program = home.serve();
    let url = program.base_url().await;
    let client = reqwest::Client::new();
    let login = serde_json::json!({ "login": "ann", "password": registration("ann")["password"] });
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let answer = client.post(format!("{url}login/")).json(&login).send().await.expect("the program answers");
        let answer: serde_json::Value = answer.json().await.expect("it is JSON");
        tokens.push(format!("Token {}", answer["token"].as_str().expect("a login gives a token")));
    }
    let status = async |token: &String| {
        let request = client.get(format!("{url}profile/")).header("Authorization", token);
        request.send().await.expect("the program answers").status().as_u16()
    };
    assert_eq!([status(&tokens[0]).await, status(&tokens[1]).await], [200, 200]);
    let listed = home.run(&["users", "sessions", "ann"]).done();
    assert!(listed.contains("2 sessions of ") && listed.contains("127.0.0.1"), "{listed}");
    let ended = home.run(&["users", "sessions", "ann", "--end"]).done();
    assert!(ended.starts_with("2 sessions of ") && ended.ends_with(" ended.\n"), "{ended}");
    assert_eq!([status(&tokens[0]).await, status(&tokens[1]).await], [401, 401]);
    assert!(home.run(&["users", "sessions", "ann"]).done().starts_with("0 sessions of "));
}

#[tokio::test]
async fn an_address_that_another_user_has_proved_is_not_vouched_for() {
    let home = home();
    let mut program = home.serve();
    program.register("ann").await;
    let url = format!("{}register/", program.base_url().await);
    let mut bob = registration("bob");
    bob["email"] = "ann@mail.example".into();
    let answer = reqwest::Client::new().post(url).json(&bob).send().await.expect("the program answers");
    assert_eq!(answer.status(), 201);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));

    let complaint = home.run(&["users", "verify", "ann@mail.example"]).complaint(1);
    assert!(complaint.contains("names several users; give one of these instead: id:"), "{complaint}");
    home.run(&["users", "verify", "ann"]).done();
    let complaint = home.run(&["users", "verify", "bob"]).complaint(1);
    assert!(
        complaint.starts_with("another verified user has the address of ") && complaint.contains("(username bob, "),
        "{complaint}"
    );
}

/// Registers at a program that has been started: a username, and an address if it is not the usual one.
async fn register(base_url: &str, username: &str, email: &str) -> String {
    let mut body = registration(username);
    body["email"] = email.into();
    let request = reqwest::Client::new().post(format!("{base_url}register/")).json(&body);
    let answer = request.send().await.expect("the program answers");
    assert_eq!(answer.status(), 201);
    let profile: serde_json::Value = answer.json().await.expect("the user");
    profile["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn an_argument_that_names_several_users_changes_none_of_them() {
    let home = home();
    let mut program = home.serve();
    let url = program.base_url().await;
    let bob = register(&url, "bob", "bob@corp.example").await;
    // One whose name is bob's address, and one whose name is bob's id.
    let mallory = register(&url, "Bob@corp.example", "mallory@mail.example").await;
    let eve = register(&url, &bob, "eve@mail.example").await;
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));

    let before = home.run(&["users", "list"]).done();
    for (text, others) in [("bob@corp.example", [&bob, &mallory]), (&bob, [&bob, &eve])] {
        let commands: [&[&str]; 9] = [
            &["show"],
            &["verify"],
            &["disable"],
            &["enable"],
            &["make-staff"],
            &["dismiss-staff"],
            &["delete"],
            &["set-password"],
            &["sessions", "--end"],
        ];
        for command in commands {
            let arguments = [&["users"], command, &[text]].concat();
            let complaint = home.run(&arguments).complaint(1);
            assert!(complaint.contains("names several users"), "{complaint}");
            for id in others {
                assert!(complaint.contains(&format!(" id:{id} (username ")), "{complaint}");
            }
        }
    }
    assert_eq!(home.run(&["users", "list"]).done(), before, "nobody was changed");

    for (text, id) in [
        (format!("id:{bob}"), &bob),
        ("email:BOB@corp.example".to_owned(), &bob),
        ("username:bob".to_owned(), &bob),
        ("username:bob@CORP.example".to_owned(), &mallory),
        (format!("username:{bob}"), &eve),
        (format!("id:{mallory}"), &mallory),
    ] {
        assert_eq!(shown(&home, &text, "id"), *id, "{text}");
    }
    let verified = home.run(&["users", "verify", "email:bob@corp.example"]).done();
    assert_eq!(verified, format!("{bob} (username bob, address bob@corp.example) is verified.\n"));
    for text in ["username:mallory@mail.example", "email:bob", "id:bob", "email:", "id:", "username:"] {
        home.run(&["users", "show", text]).complaint(1);
    }
}

#[tokio::test]
async fn no_letter_of_a_name_reaches_the_terminal_that_steers_it_or_cannot_be_seen() {
    let home = home();
    let mut program = home.serve();
    let url = format!("{}register/", program.base_url().await);
    let mut body = registration("ann");
    body["first_name"] = "\u{202e}nnA\u{1b}[2J\nverified  2020".into();
    body["last_name"] = "L\u{200b}ee\u{9b}".into();
    let answer = reqwest::Client::new().post(url).json(&body).send().await.expect("the program answers");
    assert_eq!(answer.status(), 201);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    let whole = home.run(&["users", "show", "ann"]).done();
    assert!(whole.contains("\\u{202e}nnA\\u{1b}[2J\\nverified"), "{whole}");
    assert!(whole.contains("L\\u{200b}ee\\u{9b}"), "{whole}");
    assert_eq!(shown(&home, "ann", "verified"), "-");

    // Nor does what the operator typed, which may have been pasted.
    let complaint = home.run(&["users", "show", "a\u{202e}b\u{1b}[2J"]).complaint(1);
    assert!(complaint.contains("a\\u{202e}b\\u{1b}[2J"), "{complaint}");
}

#[test]
fn somebody_unknown_is_told_as_such_by_every_command() {
    let home = migrated_home();
    for command in ["show", "verify", "disable", "enable", "make-staff", "dismiss-staff", "delete"] {
        for user in ["nobody", "nobody@mail.example", "no such name"] {
            let complaint = home.run(&["users", command, user]).complaint(1);
            assert!(complaint.contains(user) && complaint.contains("`countersign users list`"), "{complaint}");
        }
    }
}

#[tokio::test]
async fn who_enables_an_unverified_user_is_told_when_that_user_is_deleted() {
    let home = home_of(&["bob"]).await;
    home.run(&["users", "disable", "bob"]).done();
    let enabled = home.run(&["users", "enable", "bob"]);
    assert!(enabled.code == Some(0) && enabled.stdout.ends_with("is enabled.\n"), "{enabled:?}");
    let told = &enabled.stderr;
    assert!(told.contains("is deleted after") && told.contains("`countersign users verify id:"), "{told}");
}
