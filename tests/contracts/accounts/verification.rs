//! A mailed link is followed.

mod auto_login;
mod forged;
mod password;
mod races;
mod standing;

use serde_json::{Value, json};

use crate::support::accounts::paths;
use crate::support::{Link, TestApp};

const PERIOD: u64 = 7 * 86_400;

#[tokio::test]
async fn who_follows_the_link_is_verified() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    assert_eq!(app.user(&ann.id).await.verified_at, None);
    let link = app.link().await;
    assert_eq!(link.user_id, ann.id);
    app.advance(60);
    app.verify(&link).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.user(&ann.id).await.verified_at, Some(app.now()));
}

#[tokio::test]
async fn a_second_click_succeeds_and_changes_nothing() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let link = app.link().await;
    app.verify(&link).await.expect(200);
    let verified_at = app.user(&ann.id).await.verified_at;
    app.advance(3_600);
    app.verify(&link).await.expect_detail(200, "User verified successfully");
    assert_eq!(app.user(&ann.id).await.verified_at, verified_at);
}

#[tokio::test]
async fn where_links_are_for_one_use_a_second_click_is_refused() {
    let app = TestApp::with(|settings| settings.registration.one_time_use = true).await;
    let ann = app.registered("ann").await;
    let first = app.link().await;
    app.advance(1);
    app.resend(&ann.email).await.expect(200);
    let second = app.link().await;
    app.verify(&second).await.expect(200);
    for link in [&second, &first] {
        app.verify(link).await.expect_detail(400, "This link has already been used.");
    }
}

#[tokio::test]
async fn a_link_works_for_its_whole_period_and_not_a_second_longer() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let link = app.link().await;
    app.advance(PERIOD + 1);
    app.verify(&link).await.expect_detail(400, "Signature expired");
    assert_eq!(app.users().await[0].verified_at, None);

    app.registered("bob").await;
    let link = app.link().await;
    app.advance(PERIOD);
    app.verify(&link).await.expect(200);
}

#[tokio::test]
async fn the_period_is_what_the_settings_say_when_the_link_comes_back() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let link = app.link().await;
    let stricter =
        app.sibling(|settings| settings.registration.expires_after = countersign::clock::Seconds::new(60)).await;
    app.advance(61);
    stricter.verify(&link).await.expect_detail(400, "Signature expired");
    app.verify(&link).await.expect(200);
}

#[tokio::test]
async fn a_link_from_the_future_is_refused_beyond_what_clocks_may_differ() {
    let app = TestApp::start().await;
    let ann = app.registered("ann").await;
    let link = |seconds| Link::parse(&app.signed(&ann.id, app.now().unix_seconds() + seconds));
    for seconds in [61, 3_600, i64::from(u32::MAX)] {
        app.verify(&link(seconds)).await.expect_detail(400, "Invalid signature");
    }
    app.verify(&link(60)).await.expect(200);
}

#[tokio::test]
async fn each_spelling_of_a_claim_is_understood() {
    let app = TestApp::start().await;
    app.registered("ann").await;
    let Link { user_id, timestamp, signature, .. } = app.link().await;
    for spelling in ["1700000000", "\"1700000000\"", "\" 01700000000 \"", "1700000000.0", "\"1700000000.0\"", "1.7e9"] {
        let body =
            format!(r#"{{"user_id":" {user_id} ","timestamp":{spelling},"signature":"{signature}\n","more":[]}}"#);
        let answer = app.post_bytes(paths::VERIFY_REGISTRATION, "application/json", body).await;
        assert_eq!(answer.status, 200, "{spelling}: {answer:?}");
    }
    let pairs = [("user_id", user_id.as_str()), ("timestamp", &timestamp), ("signature", &signature)];
    app.post_form(paths::VERIFY_REGISTRATION, &pairs).await.expect(200);
}

#[tokio::test]
async fn what_is_missing_or_of_a_wrong_type_is_told_by_field() {
    let app = TestApp::start().await;
    let required = json!(["This field is required."]);
    let empty = app.post_json(paths::VERIFY_REGISTRATION, &json!({})).await.expect(400);
    assert_eq!(empty, json!({ "user_id": required, "timestamp": required, "signature": required }));

    let cases: Vec<(&str, Value, &str)> = vec![
        ("user_id", json!(null), "This field may not be null."),
        ("user_id", json!(""), "This field may not be blank."),
        ("user_id", json!([]), "Not a valid string."),
        ("user_id", json!("a\0b"), "Null characters are not allowed."),
        ("timestamp", json!(null), "This field may not be null."),
        ("timestamp", json!(""), "A valid integer is required."),
        ("timestamp", json!("soon"), "A valid integer is required."),
        ("timestamp", json!(1.5), "A valid integer is required."),
        ("timestamp", json!(true), "A valid integer is required."),
        ("timestamp", json!("1e9"), "A valid integer is required."),
        ("timestamp", json!([1]), "A valid integer is required."),
        ("timestamp", json!("1".repeat(1_001)), "String value too large."),
        ("signature", json!(null), "This field may not be null."),
        ("signature", json!(" "), "This field may not be blank."),
        ("signature", json!(false), "Not a valid string."),
    ];
    for (field, value, message) in cases {
        let mut claim = json!({ "user_id": "1", "timestamp": 1, "signature": "x" });
        claim[field] = value.clone();
        let answer = app.post_json(paths::VERIFY_REGISTRATION, &claim).await.expect(400);
        assert_eq!(answer, json!({ field: [message] }), "{field}: {value}");
    }
}

#[tokio::test]
async fn the_link_leads_to_the_page_in_the_settings_and_nowhere_else() {
    for (page, start) in [
        ("https://app.example/verify", "https://app.example/verify?user_id="),
        ("https://app.example/?lang=fr", "https://app.example/?lang=fr&user_id="),
        ("https://app.example/verify#form", "https://app.example/verify?user_id="),
        ("https://app.example/#/verify", "https://app.example/#/verify?user_id="),
        ("https://app.example/#/verify?lang=fr", "https://app.example/#/verify?lang=fr&user_id="),
    ] {
        let app = TestApp::with(|settings| {
            settings.registration.frontend_url = countersign::links::FrontendUrl::parse(page).ok();
        })
        .await;
        let request = app.request("POST", paths::REGISTER).json(&TestApp::registration_of("ann"));
        let request = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
        app.send(request.header("origin", "https://evil.example")).await.expect(201);
        let link = app.link().await;
        assert!(link.url.starts_with(start), "{}", link.url);
        app.verify(&link).await.expect(200);
    }
}
