//! The preview of every mail, with the templates in force.

use std::fs;

use serde_json::Value;

use crate::support::TestApp;

const PREVIEW: &str = "/mailbox/preview.json";

async fn mails(app: &TestApp) -> Vec<Value> {
    app.send(app.request("GET", PREVIEW)).await.expect(200).as_array().expect("a list").clone()
}

#[tokio::test]
async fn every_mail_is_shown_with_the_name_of_the_site_and_a_link_to_its_page() {
    let app = TestApp::start().await;
    let mails = mails(&app).await;
    assert_eq!(mails.len(), 12);
    assert_eq!(self::mails(&app).await, mails, "nothing changes but with a template");
    for mail in &mails {
        let text = mail["text"].as_str().expect("it is text");
        assert!(text.contains("Tea & Co"), "{mail}");
        let kind = mail["kind"].as_str().expect("it is text");
        let page = match kind {
            "verify-registration" => "http://localhost:8000/verify-user/?user_id=",
            "reset-password" => "http://localhost:8000/reset-password/?user_id=",
            "verify-email" => "http://localhost:8000/verify-email/?user_id=",
            _ => "",
        };
        assert!(text.contains(page), "{mail}");
        let html = app.send(app.request("GET", &format!("/mailbox/preview/{kind}.html"))).await;
        assert_eq!(html.status, 200);
        assert!(html.header("content-security-policy").expect("a policy").contains("sandbox"), "{kind}");
    }
    assert_eq!(app.send(app.request("GET", "/mailbox/preview/unknown.html")).await.status, 404);
    let elsewhere = app.request("GET", PREVIEW).header("origin", "https://evil.example");
    assert_eq!(app.send(elsewhere).await.status, 403);
}

#[tokio::test]
async fn a_sample_link_verifies_nobody() {
    let app = TestApp::start().await;
    let mails = mails(&app).await;
    let text = mails[0]["text"].as_str().expect("it is text");
    let url = text.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    let claim = crate::support::mailbox::Link::parse(url).claim();
    app.post_json("verify-registration/", &claim).await.expect_detail(400, "Invalid signature");
}

#[tokio::test]
async fn a_changed_template_is_seen_at_once_and_so_is_what_is_wrong_with_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("welcome/subject.hbs");
    fs::create_dir(directory.path().join("welcome")).expect("it is made");
    fs::write(&file, "Come in").expect("it is written");
    let templates = directory.path().to_owned();
    let app = TestApp::with(|settings| settings.mail.templates_directory = Some(templates)).await;
    let subject = |mails: Vec<Value>| {
        let welcome = mails.into_iter().find(|mail| mail["kind"] == "welcome").expect("it is among them");
        welcome["subject"].as_str().expect("it is text").to_owned()
    };
    assert_eq!(subject(mails(&app).await), "Come in");
    fs::write(&file, "Do come in, {{user.username}}").expect("it is written");
    assert_eq!(subject(mails(&app).await), "Do come in, sam");
    fs::write(&file, "{{nonsense}}").expect("it is written");
    let answer = app.send(app.request("GET", PREVIEW)).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("welcome/subject.hbs") && answer.body.contains("nonsense"), "{}", answer.body);
}
