//! Links to pages whose URL says by placeholders where the parts go.

use countersign::clock::Seconds;
use countersign::links::{
    ActivationClaim, AnyClaim, BoundTo, Claim, FrontendUrl, LinkSecret, LinkSigner, ResetPassword, Unbound,
};
use countersign::secret::Secret;
use serde_json::json;
use url::Url;

use crate::support::TestApp;
use crate::support::test_app::SECRET;

/// An address of letters that are something in URLs, in HTML, or in templates; all of them may stand in an address.
const HOSTILE: &str = "a/b%2F&copy=d?e+f'{key}{{email}}@mail.example";

fn signer() -> LinkSigner {
    LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough")
}

/// Percent-decoded as a router does; a plus sign stays one.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes()).next().expect("one pair").1.into_owned()
}

#[tokio::test]
async fn a_page_finds_the_parts_where_its_placeholders_stand() {
    for (page, before, between) in [
        ("https://app.example/v/{user_id}/{timestamp}/{signature}", "https://app.example/v/", "/"),
        ("https://app.example/#/v/{user_id}/{timestamp}/{signature}", "https://app.example/#/v/", "/"),
        ("https://app.example/?{user_id},{timestamp},{signature}", "https://app.example/?", ","),
    ] {
        let app = TestApp::with(|settings| settings.registration.frontend_url = FrontendUrl::parse(page).ok()).await;
        app.registered("ann").await;
        let mail = app.mail().await;
        let values = mail.url().strip_prefix(before).unwrap_or_else(|| panic!("{}", mail.url()));
        let values: Vec<&str> = values.split(between).collect();
        let claim = json!({ "user_id": values[0], "timestamp": values[1], "signature": values[2] });
        app.post_json("verify-registration/", &claim).await.expect(200);
    }
}

#[tokio::test]
async fn a_hostile_address_comes_back_from_path_query_and_fragment() {
    for page in [
        "https://app.example/p/{email}/{user_id}/{timestamp}/{signature}",
        "https://app.example/p?/{email}/{user_id}/{timestamp}/{signature}",
        "https://app.example/p#/{email}/{user_id}/{timestamp}/{signature}",
    ] {
        let app = TestApp::with(|settings| settings.change_email.frontend_url = FrontendUrl::parse(page).ok()).await;
        let (ann, token) = app.somebody("ann").await;
        app.ask_for_email(&token, HOSTILE).await.expect(200);
        let mail = app.mail().await;
        assert_eq!(mail.to, HOSTILE);
        let url = Url::parse(mail.url()).expect("it is a URL");
        assert_eq!(url.as_str(), mail.url(), "nothing in it is spelled otherwise by those who open it");
        let values: Vec<String> = mail.url()["https://app.example/p".len()..].split('/').skip(1).map(decoded).collect();
        let [email, user_id, timestamp, signature] = &values[..] else { panic!("{values:?}") };
        assert_eq!((email.as_str(), user_id), (HOSTILE, &ann.id));
        let claim = json!({ "user_id": user_id, "email": email, "timestamp": timestamp, "signature": signature });
        app.post_json("verify-email/", &claim).await.expect(200);
        assert_eq!(app.user(&ann.id).await.email.as_deref(), Some(HOSTILE));
    }
}

/// An app whose pages all have these placeholders behind `https://app.example/#/`.
async fn app_with(placeholders: &str) -> TestApp {
    let page = format!("https://app.example/#/{placeholders}");
    TestApp::with(|settings| {
        settings.registration.frontend_url = FrontendUrl::parse(&page).ok();
        settings.change_email.frontend_url = FrontendUrl::parse(&page).ok();
        settings.reset_password.frontend_url = FrontendUrl::parse(&page).ok();
    })
    .await
}

/// What stands in the URL of the newest mail in the place of the placeholders.
async fn mailed(app: &TestApp) -> String {
    app.mail().await.url().strip_prefix("https://app.example/#/").expect("it leads to the page").to_owned()
}

#[tokio::test]
async fn a_mail_brings_a_link_in_the_spelling_of_its_page() {
    for placeholders in ["{uid}/{token}", "{key}"] {
        let app = app_with(placeholders).await;
        let now = app.now();
        let ann = app.registered("ann").await;
        let text = mailed(&app).await;
        let claim = match text.split_once('/') {
            Some((uid, token)) => ActivationClaim::parse_uid_token(uid, token),
            None => ActivationClaim::parse_key(&text),
        };
        let Ok(ActivationClaim::Registration(AnyClaim::Own(claim))) = claim else { panic!("{claim:?}") };
        let proof = signer().verify(claim, Unbound, Seconds::new(0), || now).expect("it was signed just now");
        assert_eq!(proof.user_id(), ann.id);

        app.ask_for_reset("ann").await.expect(200);
        let text = mailed(&app).await;
        let claim: Claim<ResetPassword> = match text.split_once('/') {
            Some((uid, token)) => Claim::parse_uid_token(uid, token),
            None => Claim::parse_key(&text),
        }
        .expect("it is of us");
        let bound = LinkSecret::parse(app.user(&ann.id).await.link_secret.expose()).expect("it was generated");
        let replaced = LinkSecret::generate();
        signer().verify(claim.clone(), BoundTo::User(&replaced), Seconds::new(0), || now).expect_err("it is bound");
        signer().verify(claim, BoundTo::User(&bound), Seconds::new(0), || now).expect("it was signed just now");
    }
}

#[tokio::test]
async fn a_link_to_a_new_address_has_the_address_in_its_uid() {
    for placeholders in ["{uid}/{token}", "{key}"] {
        let app = TestApp::start().await;
        let (ann, token) = app.somebody("ann").await;
        let page = format!("https://app.example/#/{placeholders}");
        let app = app.sibling(|settings| settings.change_email.frontend_url = FrontendUrl::parse(&page).ok()).await;
        app.ask_for_email(&token, HOSTILE).await.expect(200);
        let text = mailed(&app).await;
        let claim = match text.split_once('/') {
            Some((uid, token)) => ActivationClaim::parse_uid_token(uid, token),
            None => ActivationClaim::parse_key(&text),
        };
        let Ok(ActivationClaim::Email(claim)) = claim else { panic!("{claim:?}") };
        assert_eq!((claim.user_id(), claim.email()), (&*ann.id, HOSTILE));
    }
}

#[tokio::test]
async fn templates_have_the_values_that_the_page_has() {
    let own = tempfile::tempdir().expect("a temporary directory");
    std::fs::create_dir(own.path().join("reset-password")).expect("it can be made");
    let text = "{{verification_url}}\nmy-app://reset?u={{uid}}&t={{token}}";
    std::fs::write(own.path().join("reset-password/text.hbs"), text).expect("it can be written");
    let app = TestApp::with(|settings| {
        settings.reset_password.frontend_url = FrontendUrl::parse("https://app.example/#/{uid}/{token}").ok();
        settings.mail.templates_directory = Some(own.path().to_owned());
    })
    .await;
    app.registered("ann").await;
    app.mail().await;
    app.ask_for_reset("ann").await.expect(200);
    let mail = app.mail().await;
    let (uid, token) =
        mail.url().strip_prefix("https://app.example/#/").and_then(|both| both.split_once('/')).expect("both");
    assert!(mail.text.contains(&format!("my-app://reset?u={uid}&t={token}")), "{}", mail.text);
}
