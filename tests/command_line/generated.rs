//! `countersign users create` where users need no username of their choice.

use std::io::Write;
use std::process::Stdio;

use super::QUIET;
use super::users::shown;
use crate::process::{Finished, Home};

fn home_with(users: &str) -> Home {
    let home = Home::new(&format!("{QUIET}[login]\nfields = [\"email\"]\n[users]\nusername = \"{users}\"\n"));
    home.run(&["migrate"]).done();
    home
}

/// Runs `users create`, and types the password.
fn create(home: &Home, arguments: &[&str]) -> Finished {
    let mut command = home.command(&[&["users", "create"], arguments].concat());
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be run");
    // A refused command reads no password.
    let _ = child.stdin.take().expect("it is piped").write_all(b"Kettle-Harbor-42\n");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

#[test]
fn a_username_is_made_of_the_address_and_told() {
    let home = home_with("generated");
    for (address, username) in
        [("ann@mail.example", "ann"), ("Bea.Miller@mail.example", "bea.miller"), ("cyd+shop@mail.example", "cyd")]
    {
        let done = create(&home, &["--email", address]).done();
        assert!(done.ends_with(&format!("(username {username}, address {address}) is created.\n")), "{done}");
        assert_eq!(shown(&home, address, "username"), username);
        assert_ne!(shown(&home, address, "verified"), "-", "the operator vouches for it");
    }
    // A second one of that name gets another.
    let done = create(&home, &["--email", "ann@corp.example"]).done();
    let other = shown(&home, "email:ann@corp.example", "username");
    assert!(other.starts_with("ann") && other != "ann", "{done}");
    assert!(done.contains(&format!("(username {other}, address ann@corp.example) is created.")), "{done}");

    let chosen = create(&home, &["--username", "dan", "--email", "someone@mail.example"]).done();
    assert!(chosen.contains("(username dan, address someone@mail.example)"), "{chosen}");
}

#[test]
fn without_an_address_there_is_nothing_to_make_a_username_of() {
    let home = home_with("generated");
    let complaint = create(&home, &[]).complaint(2);
    assert_eq!(complaint, "a user needs an e-mail address here: add --email ADDRESS");
    let complaint = create(&home, &["--username", "ann", "--email", "no address"]).complaint(2);
    assert_eq!(complaint, "the address is not written as one");
    assert_eq!(home.run(&["users", "list"]).done(), "");
}

#[test]
fn where_users_choose_one_or_have_none_the_command_tells_so() {
    let required = Home::new(QUIET);
    required.run(&["migrate"]).done();
    let complaint = create(&required, &["--email", "ann@mail.example"]).complaint(2);
    assert_eq!(complaint, "a user needs a username: add --username NAME");
    let none = home_with("none");
    let complaint = create(&none, &["--username", "ann", "--email", "ann@mail.example"]).complaint(2);
    assert_eq!(complaint, "users have no username here (`users.username`): leave --username out");
    for option in ["--first-name", "--last-name"] {
        assert!(!create(&none, &["--email", "ann@mail.example", option, &"A".repeat(151)]).complaint(2).is_empty());
    }
    assert!(!create(&required, &["--username", "an n"]).complaint(2).is_empty());
    let done = create(&none, &["--email", "ann@mail.example"]).done();
    assert!(done.ends_with("(username -, address ann@mail.example) is created.\n"), "{done}");
    assert_eq!(none.run(&["users", "list"]).done().lines().count(), 1);
}
