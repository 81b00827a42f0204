//! What is mailed, read back as mail.

use countersign::UserId;
use countersign::internals::{MailKind, NewMail};
use countersign::links::{FrontendUrl, PageUrl};
use countersign::settings::{Color, Mailbox};
use serde_json::json;

use crate::support::accounts::NEW_PASSWORD;
use crate::support::test_app::PASSWORD;
use crate::support::{Mail, TestApp};

/// The headers every mail has, and no others.
const HEADERS: [&str; 9] =
    ["Message-ID", "Date", "From", "Reply-To", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

#[track_caller]
fn assert_plain_headers(mail: &Mail) {
    let names = mail.headers.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(sorted(names), sorted(HEADERS.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_verification_mail_has_what_mail_programs_expect() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    app.advance(3_600);
    let row = app.store().list_mails(1).await.expect("the database answers").remove(0);
    let mail = app.mail().await;

    assert_plain_headers(&mail);
    assert_eq!(mail.to, "ann@mail.example");
    assert_eq!(mail.subject, "Please verify your account at Tea & Co");
    assert_eq!(mail.header("From"), Some("Tea & Co <no-reply@app.example>"));
    assert_eq!(mail.header("Reply-To"), Some("Tea & Co <no-reply@app.example>"));
    assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(mail.header("Message-ID"), Some(format!("<{}@app.example>", row.id).as_str()));
    assert_eq!(mail.header("Date"), Some("Tue, 14 Nov 2023 22:13:20 +0000"), "when it was caused");

    let link = mail.link();
    let sentence = "Thank you for registering at Tea & Co. Please verify your account by clicking on this link:";
    assert!(mail.text.starts_with(&format!("{sentence}\n\n{}\n\n", link.url)), "{}", mail.text);
    assert!(mail.text.contains("The link works for 7 days. If you did not register, please ignore"), "{}", mail.text);
    assert!(link.url.starts_with("http://localhost:8000/verify-user/?user_id="));
    assert_eq!(link.timestamp, "1700003600", "signed when it was sent");
    let html = mail.html.expect("an HTML part");
    assert!(html.contains("Thank you for registering at Tea &amp; Co."), "{html}");
    assert!(html.contains("The link works for 7 days."), "{html}");
}

/// What HTML makes of a text in which nothing is escaped: `html.unescape` of Python, for what may stand in a link.
fn read_as_html(text: &str) -> String {
    let mut read = text.to_owned();
    for (reference, letter) in
        [("&times", "×"), ("&copy", "©"), ("&reg", "®"), ("&sect", "§"), ("&lang;", "⟨"), ("&#38;", "&"), ("&amp", "&")]
    {
        read = read.replace(reference, letter);
    }
    read
}

#[tokio::test]
async fn a_link_survives_a_reader_that_takes_text_for_html() {
    for page in [
        "https://app.example/verify/",
        "https://app.example/?lang=fr&copy=1&sect=2&reg",
        "https://app.example/#/verify?a=1&lang;=2&times=3&#38;",
    ] {
        let app = TestApp::with(|settings| settings.registration.frontend_url = FrontendUrl::parse(page).ok()).await;
        app.registered("ann").await;
        let mail = app.mail().await;
        let url = mail.link().url;
        assert_eq!(read_as_html(&mail.text), mail.text, "{page}");
        assert!(url.contains("&%74imestamp=1700000000&signature="), "{url}");
        app.verify(&mail.link()).await.expect(200);
        let html = mail.html.expect("an HTML part");
        assert!(html.contains("?user_id=") || html.contains("&amp;user_id="), "an equals sign is no markup: {html}");
    }
}

#[tokio::test]
async fn mails_show_what_the_settings_say_of_the_application() {
    let app = TestApp::with(|settings| {
        settings.mail.app_url = PageUrl::parse("https://app.example/").ok();
        settings.mail.support_address = Some("help@app.example".to_owned());
        settings.mail.logo_url = PageUrl::parse("https://app.example/logo.png").ok();
        settings.mail.accent_color = Color::parse("#0b7a3e").expect("it is a colour");
    })
    .await;
    app.registered("ann").await;
    let mail = app.mail().await;
    let html = mail.html.expect("an HTML part");
    for named in ["https://app.example/", "help@app.example"] {
        assert!(mail.text.contains(named) && html.contains(named), "{named}: {}\n{html}", mail.text);
    }
    for shown in [r#"<img src="https://app.example/logo.png" alt="Tea &amp; Co""#, r##"bgcolor="#0b7a3e""##] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
}

#[tokio::test]
async fn answers_go_where_the_settings_say() {
    let app = TestApp::with(|settings| settings.mail.reply_to = Mailbox::parse("help@app.example").ok()).await;
    app.registered("ann").await;
    let mail = app.mail().await;
    assert_eq!(mail.header("Reply-To"), Some("help@app.example"));
    assert_eq!(mail.header("From"), Some("Tea & Co <no-reply@app.example>"));
}

#[tokio::test]
async fn text_is_not_escaped_and_html_is() {
    let app = TestApp::start().await;
    app.register("o-brien", json!({ "email": "o'brien&co@mail.example" })).await.expect(201);
    let link = app.link().await;
    app.verify(&link).await.expect(200);
    app.register("bob", json!({ "email": "o'brien&co@mail.example" })).await.expect(201);

    let notice = app.mail().await;
    assert_eq!(notice.to, "o'brien&co@mail.example");
    assert!(notice.text.contains("at Tea & Co with the address o'brien&co@mail.example, which"), "{}", notice.text);
    let html = notice.html.expect("an HTML part");
    assert!(html.contains("Tea &amp; Co") && html.contains("brien&amp;co@mail.example"), "{html}");
    assert!(!html.contains("o'brien&co@"), "{html}");
}

#[tokio::test]
async fn nothing_a_stranger_sends_becomes_a_header_or_markup() {
    let app = TestApp::start().await;
    let attempts = [
        ("ann", "Ann\r\nBcc: mallory@evil.example"),
        ("bob", "Bob\nSubject: You have won\n\n<script>alert(1)</script>"),
        ("cyd", "{{verification_url}}{{#each user}}{{this}}{{/each}}{{> layout}}"),
        ("dan", "\u{202e}\u{2028}=?utf-8?q?Bcc:=20mallory@evil.example?="),
        ("eve", "Visit https://evil.example/ now"),
    ];
    for (username, name) in attempts {
        app.register(username, json!({ "first_name": name, "last_name": name })).await.expect(201);
        let mail = app.mail().await;
        assert_plain_headers(&mail);
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            (format!("{username}@mail.example").as_str(), "Please verify your account at Tea & Co")
        );
        let html = mail.html.as_ref().expect("an HTML part");
        for stray in ["evil.example", "<script", "You have won", "{{"] {
            assert!(!mail.text.contains(stray) && !html.contains(stray), "{stray}: {mail:?}");
        }
        mail.link();
    }
}

#[tokio::test]
async fn each_mail_has_an_id_of_its_own() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.resend(&ann.email).await.expect(200);
    app.resend(&ann.email).await.expect(200);
    let mut ids: Vec<String> =
        app.mails().await.iter().map(|mail| mail.header("Message-ID").expect("an id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_mail_that_was_sent_by_somebody_who_died_is_sent_again_under_the_same_id() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let lease_ends_at = app.now().plus(countersign::clock::Seconds::new(120));
    let claimed = app.store().claim_due_mails(app.now(), lease_ends_at, 10).await.expect("the database answers").mails;
    assert_eq!(claimed.len(), 1);

    app.advance(119);
    assert!(app.mails().await.is_empty(), "the claim holds");
    app.advance(1);
    let mail = app.mail().await;
    assert_eq!(mail.header("Message-ID"), Some(format!("<{}@app.example>", claimed[0].id).as_str()));
}

/// Stores a mail about a user.
async fn store(app: &TestApp, kind: MailKind, user: &str) {
    let mail = NewMail::about(kind, Some(UserId::from_stored(user)), app.now());
    app.store().enqueue(mail, None).await.expect("the database answers");
}

#[tokio::test]
async fn a_welcome_and_the_notice_of_a_changed_username_go_to_the_users_own_address() {
    let app = TestApp::with(|settings| settings.mail.app_url = PageUrl::parse("https://app.example/").ok()).await;
    let ann = app.verified("ann").await;
    app.mails().await;
    for (kind, subject, sentence) in [
        (
            MailKind::Welcome,
            "Your account at Tea & Co is active",
            "Your account at Tea & Co (https://app.example/) is active. You can log in now.",
        ),
        (
            MailKind::UsernameChanged,
            "Your username at Tea & Co was changed",
            "The username of your account at Tea & Co was changed.",
        ),
    ] {
        store(&app, kind, &ann.id).await;
        let mail = app.mail().await;
        assert_plain_headers(&mail);
        assert_eq!((&*mail.to, &*mail.subject), (&*ann.email, subject));
        assert!(mail.text.starts_with(sentence), "{}", mail.text);
    }
}

#[tokio::test]
async fn a_welcome_and_the_notice_of_a_changed_username_are_sent_whatever_the_state_of_the_user() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    app.mails().await;
    for kind in [MailKind::Welcome, MailKind::UsernameChanged] {
        store(&app, kind, &ann.id).await;
        assert_eq!(app.mail().await.to, ann.email, "an unverified user");
    }
    app.execute("UPDATE users SET disabled_at = 1700000000");
    for kind in [MailKind::Welcome, MailKind::UsernameChanged] {
        store(&app, kind, &ann.id).await;
        assert_eq!(app.mail().await.to, ann.email, "a disabled user");
    }
}

#[tokio::test]
async fn a_new_password_takes_back_the_username_link_that_waits_and_no_notice() {
    let app = TestApp::start().await;
    let (ann, token) = app.somebody("ann").await;
    app.mails().await;
    for kind in [MailKind::ResetUsername, MailKind::UsernameChanged, MailKind::Welcome] {
        store(&app, kind, &ann.id).await;
    }
    app.change_password(&token, PASSWORD, NEW_PASSWORD).await.expect(200);
    let waiting = app.store().list_mails(10).await.expect("the database answers");
    let mut kinds: Vec<&str> = waiting.iter().map(|mail| mail.mail.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["password-changed", "username-changed", "welcome"]);
}
