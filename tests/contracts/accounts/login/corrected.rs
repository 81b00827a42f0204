//! Login by an unproved address that another user corrects the own one to.

use countersign::clock::Seconds;
use countersign::settings::LoginField;
use serde_json::json;

use super::REFUSED;
use crate::support::TestApp;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;

const OTHER: &str = "Velvet-Comet-77";

#[tokio::test]
async fn who_corrects_an_address_to_anothers_comes_after_those_who_had_claimed_it() {
    let app = TestApp::with(|settings| {
        settings.login.fields = vec![LoginField::Email];
        settings.login.require_verified = false;
        settings.users.conceal_emails = false;
    })
    .await;
    let mallory = json!({ "email": "mallory@mail.example", "password": OTHER, "password_confirm": OTHER });
    app.register("mallory", mallory).await.expect(201);
    app.advance(1);
    app.register("ann", json!({ "email": "ann@mail.example" })).await.expect(201);
    app.advance(1);
    let correction = json!({ "login": "mallory@mail.example", "password": OTHER, "email": "ann@mail.example" });
    app.post_json(paths::CORRECT_EMAIL, &correction).await.expect(200);

    app.log_in("ann@mail.example", PASSWORD).await.expect(200);
    app.log_in("ann@mail.example", OTHER).await.expect_detail(400, REFUSED);
    let respelled = json!({ "login": "ann@mail.example", "password": PASSWORD, "email": "Ann@mail.example" });
    app.advance(1);
    app.post_json(paths::CORRECT_EMAIL, &respelled).await.expect(200);
    app.log_in("ann@mail.example", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_corrected_account_lives_as_long_as_its_link_works() {
    let app = TestApp::with(|settings| settings.users.purge_unverified_after = Some(Seconds::new(10 * 86_400))).await;
    app.register("ann", json!({ "email": "an@mail.example" })).await.expect(201);
    app.mails().await;
    app.advance(9 * 86_400);
    let correction = json!({ "login": "ann", "password": PASSWORD, "email": "ann@mail.example" });
    app.post_json(paths::CORRECT_EMAIL, &correction).await.expect(200);
    let link = app.link().await;
    app.advance(6 * 86_400);
    app.accounts().purge_unverified().await.expect("it answers");
    app.verify_email(&link).await.expect(200);
}
