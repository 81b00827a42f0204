//! The mails that were caught, as other people's end-to-end tests read them.

use countersign::settings::{MailTransport, Mode, Served};
use serde_json::{Value, json};

use crate::support::TestApp;

const MAILS: &str = "/mailbox/mails.json";

async fn mails(app: &TestApp, path: &str) -> Vec<Value> {
    let answer = app.send(app.request("GET", path)).await.expect(200);
    answer.as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_link_in_the_json_of_the_mailbox_verifies_its_user() {
    let app = TestApp::start().await;
    assert!(mails(&app, MAILS).await.is_empty());
    app.post_json("register/", &TestApp::registration_of("ann")).await.expect(201);
    app.deliver().await;
    let found = mails(&app, MAILS).await;
    let [mail] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(mail["to"], "ann@mail.example");
    assert_eq!(mail["from"], "Tea & Co <no-reply@app.example>");
    assert_eq!(mail["date"], "2023-11-14T22:13:20Z");
    let link = mail["links"][0].as_str().expect("it is text");
    assert!(mail["text"].as_str().expect("it is text").contains(link), "{mail}");
    assert!(mail["html"].as_str().expect("it is text").contains("href="), "{mail}");
    let claim = crate::support::mailbox::Link::parse(link).claim();
    app.post_json("verify-registration/", &claim).await.expect(200);
}

#[tokio::test]
async fn mails_come_newest_first_and_by_recipient() {
    let app = TestApp::start().await;
    for name in ["ann", "bob", "cem"] {
        app.post_json("register/", &TestApp::registration_of(name)).await.expect(201);
        app.deliver().await;
        app.advance(1);
    }
    let recipients = |mails: Vec<Value>| -> Vec<String> {
        mails.iter().map(|mail| mail["to"].as_str().expect("it is text").to_owned()).collect()
    };
    let all = ["cem@mail.example", "bob@mail.example", "ann@mail.example"];
    assert_eq!(recipients(mails(&app, MAILS).await), all);
    assert_eq!(recipients(mails(&app, "/mailbox/mails.json?limit=2").await), all[..2]);
    assert_eq!(recipients(mails(&app, "/mailbox/mails.json?to=Bob%40Mail.Example").await), [all[1]]);
    for wrong in ["few", "", "-1", "1.5"] {
        let refused = app.send(app.request("GET", &format!("/mailbox/mails.json?limit={wrong}"))).await;
        let detail = "The parameter limit is no whole number; write one from 0 to 1000, as in ?limit=1.";
        refused.expect_detail(400, detail);
    }

    assert_eq!(recipients(mails(&app, "/mailbox/mails.json?limit=2&limit=1").await), all[..1]);

    for wrong in ["limit", "too", "TO"] {
        let refused = app.send(app.request("DELETE", &format!("/mailbox/mails.json?{wrong}=1"))).await;
        let detail = format!("The parameter {wrong} is unknown; known is to, the address whose mails are deleted.");
        refused.expect_detail(400, &detail);
    }
    assert_eq!(app.send(app.request("DELETE", "/mailbox/mails.json?to=bob@mail.example")).await.status, 204);
    assert_eq!(recipients(mails(&app, MAILS).await), [all[0], all[2]]);
    assert_eq!(app.send(app.request("DELETE", MAILS)).await.status, 204);
    assert!(mails(&app, MAILS).await.is_empty());
}

#[tokio::test]
async fn nothing_new_is_answered_304() {
    let app = TestApp::start().await;
    let tag = app.send(app.request("GET", MAILS)).await.header("etag").expect("a tag").to_owned();
    let again = || app.request("GET", MAILS).header("if-none-match", tag.clone());
    assert_eq!(app.send(again()).await.status, 304);
    app.post_json("register/", &TestApp::registration_of("ann")).await.expect(201);
    app.deliver().await;
    assert_eq!(app.send(again()).await.status, 200);
}

#[tokio::test]
async fn the_html_of_a_mail_runs_no_script_and_loads_nothing() {
    let app = TestApp::start().await;
    app.post_json("register/", &TestApp::registration_of("ann")).await.expect(201);
    app.deliver().await;
    let id = mails(&app, MAILS).await[0]["id"].as_str().expect("it is text").to_owned();
    let answer = app.send(app.request("GET", &format!("/mailbox/mails/{id}.html"))).await;
    assert_eq!(answer.status, 200);
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox allow-popups"), "{policy}");
    assert_eq!(answer.header("x-frame-options"), Some("SAMEORIGIN"));
    assert!(answer.body.contains("<base target=\"_blank\">"), "{}", answer.body);
    let source = app.send(app.request("GET", &format!("/mailbox/mails/{id}.eml"))).await;
    assert_eq!(source.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(source.body.contains("To: ann@mail.example\r\n"), "{}", source.body);
    for unknown in ["/mailbox/mails/x.html", "/mailbox/mails/..%2f..%2fetc%2fpasswd.eml"] {
        assert_eq!(app.send(app.request("GET", unknown)).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_reads_no_mail_and_deletes_none() {
    let app = TestApp::start().await;
    app.post_json("register/", &TestApp::registration_of("ann")).await.expect(201);
    app.deliver().await;
    let id = mails(&app, MAILS).await[0]["id"].as_str().expect("it is text").to_owned();
    let paths = [MAILS.to_owned(), format!("/mailbox/mails/{id}.html"), format!("/mailbox/mails/{id}.eml")];
    for (name, value) in [
        ("host", "evil.example"),
        ("origin", "http://localhost:5173"),
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in &paths {
            let answer = app.send(app.request("GET", path).header(name, value)).await;
            assert_eq!(answer.status, 403, "{path} {name}: {value}");
            assert!(!answer.body.contains("ann"), "{}", answer.body);
        }
        assert_eq!(app.send(app.request("DELETE", MAILS).header(name, value)).await.status, 403, "{name}: {value}");
    }
    assert_eq!(mails(&app, MAILS).await.len(), 1);
}

#[tokio::test]
async fn where_no_mail_is_caught_the_mailbox_says_why() {
    let app = TestApp::with(|settings| {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp.host = Some("mail.example".to_owned());
    })
    .await;
    let answer = app.send(app.request("GET", MAILS)).await;
    let sentence = "Mails are sent through the mail server mail.example:587, so none are here. Set mail.transport to \
                    \"directory\" to catch them.";
    assert_eq!(answer.expect(404), json!({ "detail": sentence }));
}

#[tokio::test]
async fn the_page_can_be_switched_off() {
    let app = TestApp::with(|settings| settings.pages.mailbox = Served::Never).await;
    for path in ["/mailbox", MAILS] {
        app.send(app.request("GET", path)).await.expect_detail(404, "Not found.");
    }
    assert!(!Served::Development.is_on(Mode::Production) && Served::Always.is_on(Mode::Production));
}

#[tokio::test]
async fn a_page_has_a_strict_policy_and_is_asked_for_again() {
    let app = TestApp::start().await;
    for path in ["/mailbox", "/mailbox/", "/assets/base.css", "/assets/mailbox/mailbox.js"] {
        let answer = app.send(app.request("GET", path)).await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{path}: {policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {name}");
        }
        let tag = answer.header("etag").expect("a tag").to_owned();
        let again = app.send(app.request("GET", path).header("if-none-match", tag)).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{path}");
        let head = app.send(app.request("HEAD", path)).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
        let length = answer.body.len().to_string();
        assert_eq!(head.header("content-length"), Some(length.as_str()), "{path}");
    }
}
