//! Notices of what was changed go to whoever had the account when it was changed.

use countersign::links::{FrontendUrl, LinkSecret, LinkSigner};
use countersign::secret::Secret;
use serde_json::json;

use crate::support::accounts::paths;
use crate::support::test_app::{PASSWORD, SECRET};
use crate::support::{Link, TestApp};

#[tokio::test]
async fn the_notice_of_a_changed_password_does_not_follow_the_account_to_a_new_address() {
    let app = TestApp::start().await;
    let ann = app.verified("ann").await;
    let token = app.post_json(paths::LOGIN, &json!({"login": "ann", "password": PASSWORD})).await.expect(200);
    let token = format!("Token {}", token["token"].as_str().expect("a text"));
    let change =
        json!({"old_password": PASSWORD, "password": "Other-Harbor-43", "password_confirm": "Other-Harbor-43"});
    let request = app.request("POST", paths::CHANGE_PASSWORD).header("authorization", token).json(&change);
    app.send(request).await.expect(200);

    // Before the notice is sent, the address changes: the mail server was away, or somebody was quick.
    let bound = LinkSecret::parse(app.user(&ann.id).await.link_secret.expose()).expect("it was generated");
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough");
    let page = FrontendUrl::parse("https://app.example/").expect("a URL");
    let link = signer.sign_verify_email(&ann.id, "eve@mail.example", &bound, app.now()).url(&page);
    app.post_json(paths::VERIFY_EMAIL, &Link::parse(&link).claim()).await.expect(200);

    let mails = app.mails().await;
    let mut told: Vec<_> = mails.iter().map(|mail| (&*mail.to, &*mail.subject)).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (&*ann.email, "Your e-mail address at Tea & Co was changed"),
            (&*ann.email, "Your password at Tea & Co was changed"),
        ]
    );
}
