//! `countersign users set-email`.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use mailparse::MailHeaderMap;

use super::users::{home_of, shown};
use crate::process::{Home, registration};

/// The texts of the mails in the directory where they land, by whom they are to.
fn mails_to(home: &Home, recipient: &str) -> Vec<String> {
    let Ok(files) = fs::read_dir(home.path("var/mailbox")) else { return Vec::new() };
    let mut texts = Vec::new();
    for file in files.map(|file| file.expect("it is there").path()).filter(|path| path.extension().is_some()) {
        let source = fs::read(file).expect("it can be read");
        let Ok(mail) = mailparse::parse_mail(&source) else { continue };
        if mail.headers.get_first_value("To").as_deref() == Some(recipient) {
            texts.push(mail.subparts[0].get_body().expect("it decodes"));
        }
    }
    texts
}

/// What the page of a link posts.
fn claim(text: &str) -> HashMap<String, String> {
    let link = text.split_whitespace().find(|word| word.contains("signature=")).expect("the mail brings a link");
    url::Url::parse(link).expect("it is a URL").query_pairs().into_owned().collect()
}

#[tokio::test]
async fn an_operator_vouches_for_an_address_and_the_proved_old_one_is_told() {
    let home = home_of(&["ann"]).await;
    let said = home.run(&["users", "set-email", "ann", "Ann2@MAIL.example"]).done();
    assert!(
        said.contains(&shown(&home, "ann", "id")) && said.contains("Ann2@mail.example") && said.contains("as proved"),
        "{said}"
    );
    assert_eq!(shown(&home, "ann", "email"), "Ann2@mail.example");
    assert_ne!(shown(&home, "ann", "verified"), "-");

    home.run(&["users", "set-email", "ann", "ann3@mail.example"]).done();
    let mut program = home.serve();
    let url = program.base_url().await;
    let login = serde_json::json!({ "login": "ann", "password": registration("ann")["password"] });
    let answer = reqwest::Client::new().post(format!("{url}login/")).json(&login).send().await.expect("it answers");
    assert_eq!(answer.status(), 200);
    while mails_to(&home, "Ann2@mail.example").is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert_eq!(mails_to(&home, "Ann2@mail.example").len(), 1, "the proved address is told");
    assert!(mails_to(&home, "ann3@mail.example").is_empty());
}

#[tokio::test]
async fn without_the_operators_word_a_link_is_mailed_and_counts_once_it_is_followed() {
    let home = home_of(&["ann"]).await;
    let said = home.run(&["users", "set-email", "ann", "ann2@mail.example", "--unverified"]).done();
    assert!(said.contains("A link to ann2") && said.contains("ann2@mail.example"), "{said}");
    assert_eq!(
        (shown(&home, "ann", "email"), shown(&home, "ann", "verified")),
        ("ann2@mail.example".into(), "-".into())
    );
    let mut program = home.serve();
    let url = program.base_url().await;
    let link = loop {
        match mails_to(&home, "ann2@mail.example").first() {
            Some(text) => break claim(text),
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let post = reqwest::Client::new().post(format!("{url}verify-email/")).json(&link);
    assert_eq!(post.send().await.expect("it answers").status(), 200);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0), "{}", program.log());
    assert_ne!(shown(&home, "ann", "verified"), "-");

    home.run(&["users", "set-email", "ann", "ann3@mail.example", "--unverified"]).done();
    assert_eq!(shown(&home, "ann", "email"), "ann2@mail.example", "not yet");
    assert_eq!(shown(&home, "ann", "asked for"), "ann3@mail.example");
}

#[tokio::test]
async fn an_address_that_another_user_has_proved_is_refused() {
    let home = home_of(&["ann", "bob"]).await;
    home.run(&["users", "verify", "ann"]).done();
    for more in [&[][..], &["--unverified"]] {
        let arguments = [&["users", "set-email", "bob", "ANN@mail.example"], more].concat();
        let complaint = home.run(&arguments).complaint(1);
        assert!(complaint.contains("another verified user has the address"), "{complaint}");
    }
    assert_eq!(
        (shown(&home, "bob", "email"), shown(&home, "bob", "verified")),
        ("bob@mail.example".into(), "-".into())
    );
    for user in ["bob", "nobody"] {
        let complaint = home.run(&["users", "set-email", user, "no address"]).complaint(2);
        assert_eq!(complaint, "the address is not written as one");
    }
    let complaint = home.run(&["users", "set-email", "nobody", "x@mail.example"]).complaint(1);
    assert!(complaint.contains("`countersign users list`"), "{complaint}");
    home.run(&["users", "disable", "bob"]).done();
    let complaint = home.run(&["users", "set-email", "bob", "bob2@mail.example", "--unverified"]).complaint(1);
    assert!(complaint.contains("disabled"), "{complaint}");
    home.run(&["users", "set-email", "bob", "bob2@mail.example"]).done();
    assert_ne!(shown(&home, "bob", "disabled"), "-", "it stays shut");
}
