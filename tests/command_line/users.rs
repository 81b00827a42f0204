//! `countersign users`.

use super::{home, migrated_home};
use crate::process::{Home, registration};

/// A directory in which these people have registered.
async fn home_of(names: &[&str]) -> Home {
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
fn shown(home: &Home, user: &str, heading: &str) -> String {
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
async fn a_user_is_verified_disabled_enabled_and_deleted() {
    let home = home_of(&["ann"]).await;
    assert_eq!(shown(&home, "ann", "verified"), "-");
    assert_eq!(home.run(&["users", "verify", "ann"]).done(), "ann is verified.\n");
    assert_ne!(shown(&home, "ann", "verified"), "-");
    assert_eq!(home.run(&["users", "verify", "ann"]).done(), "ann was verified before.\n");

    assert_eq!(home.run(&["users", "disable", "ann"]).done(), "ann is disabled.\n");
    assert_ne!(shown(&home, "ann", "disabled"), "-");
    let complaint = home.run(&["users", "verify", "ann"]).complaint(1);
    assert!(complaint.contains("`countersign users enable ann`"), "{complaint}");
    assert_eq!(home.run(&["users", "enable", "ann"]).done(), "ann is enabled.\n");
    assert_eq!(shown(&home, "ann", "disabled"), "-");

    assert_eq!(home.run(&["users", "delete", "ann"]).done(), "ann is deleted.\n");
    assert_eq!(home.run(&["users", "list"]).done(), "");
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
    assert!(complaint.contains("names several users; give an id: "), "{complaint}");
    home.run(&["users", "verify", "ann"]).done();
    let complaint = home.run(&["users", "verify", "bob"]).complaint(1);
    assert!(complaint.starts_with("another verified user has the address of bob; see "), "{complaint}");
}

#[test]
fn somebody_unknown_is_told_as_such_by_every_command() {
    let home = migrated_home();
    for command in ["show", "verify", "disable", "enable", "delete"] {
        for user in ["nobody", "nobody@mail.example", "no such name"] {
            let complaint = home.run(&["users", command, user]).complaint(1);
            assert!(complaint.contains(user) && complaint.contains("`countersign users list`"), "{complaint}");
        }
    }
}
