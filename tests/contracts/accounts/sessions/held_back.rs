//! Somebody is admitted, their session ends, and only then do they act: nothing may come of it.

use countersign::accounts::{
    Authenticated, ChangeEmailError, ChangePasswordError, Client, EndSessionsError, Failure, LogOut, NewPassword,
    ProfileError, SessionToken,
};
use countersign::identity::{EmailAddress, Username};
use countersign::internals::ProfileChange;
use countersign::passwords::Password;
use serde_json::json;

use crate::support::accounts::NEW_PASSWORD;
use crate::support::accounts::paths;
use crate::support::test_app::PASSWORD;
use crate::support::{Person, TestApp};

/// Ann with a session of her own, and somebody who was admitted by a stolen one that she has ended since.
struct Stolen {
    app: TestApp,
    ann: Person,
    mine: String,
    thief: Authenticated,
}

impl Stolen {
    async fn start() -> Self {
        Self::on(TestApp::start().await).await
    }

    async fn on(app: TestApp) -> Self {
        let (ann, mine) = app.somebody("ann").await;
        let stolen = SessionToken::parse(&app.token_of(&ann).await).expect("a token");
        let thief = app.accounts().authenticate(&stolen).await.expect("it answers").expect("admitted");
        app.delete_by(&mine, paths::SESSIONS).await.expect(200);
        Self { app, ann, mine, thief }
    }
}

fn elsewhere() -> EmailAddress {
    EmailAddress::parse("mallory@mail.example").expect("an address")
}

#[tokio::test]
async fn an_address_cannot_be_asked_for() {
    let Stolen { app, thief, .. } = Stolen::start().await;
    let asked = app.accounts().request_email(&thief, elsewhere()).await;
    assert!(matches!(asked, Err(Failure::Refused(ChangeEmailError::LoggedOut))), "{asked:?}");
    assert!(app.mails().await.is_empty());
}

#[tokio::test]
async fn an_address_that_needs_no_proof_cannot_be_taken_either() {
    let app = TestApp::with(|settings| settings.change_email.verification = false).await;
    let Stolen { app, ann, thief, .. } = Stolen::on(app).await;
    let taken = app.accounts().request_email(&thief, elsewhere()).await;
    assert!(matches!(taken, Err(Failure::Refused(ChangeEmailError::LoggedOut))), "{taken:?}");
    assert_eq!(app.user(&ann.id).await.email, Some(ann.email));
}

#[tokio::test]
async fn a_profile_cannot_be_changed() {
    let Stolen { app, ann, thief, .. } = Stolen::start().await;
    let change = ProfileChange { username: Username::parse("mallory").ok(), ..ProfileChange::default() };
    let changed = app.accounts().change_profile(&thief, change).await;
    assert!(matches!(changed, Err(Failure::Refused(ProfileError::LoggedOut))), "{changed:?}");
    assert_eq!(app.user(&ann.id).await.username.as_deref(), Some("ann"));
}

#[tokio::test]
async fn a_password_cannot_be_changed() {
    let Stolen { app, mine, thief, .. } = Stolen::start().await;
    let [old, password] = [PASSWORD, NEW_PASSWORD].map(|text| Password::parse(text, 128).expect("a password"));
    let new = NewPassword::new(password);
    let changed = app.accounts().change_password(&thief, old, new, &Client::default()).await;
    assert!(matches!(changed, Err(Failure::Refused(ChangePasswordError::LoggedOut))), "{changed:?}");
    assert!(app.is_alive(&mine).await && app.knows("ann", PASSWORD).await);
}

#[tokio::test]
async fn other_sessions_cannot_be_ended() {
    let Stolen { app, mine, thief, .. } = Stolen::start().await;
    let accounts = app.accounts();
    let id = accounts.authenticate(&SessionToken::parse(&mine).expect("a token")).await.expect("it answers");
    let id = id.expect("ann is logged in").session_id;
    let everywhere = accounts.log_out(&thief, LogOut::Everywhere).await;
    assert!(matches!(everywhere, Err(Failure::Refused(EndSessionsError::LoggedOut))), "{everywhere:?}");
    let others = accounts.end_other_sessions(&thief).await;
    assert!(matches!(others, Err(Failure::Refused(EndSessionsError::LoggedOut))), "{others:?}");
    let one = accounts.end_session(&thief, id).await;
    assert!(matches!(one, Err(Failure::Refused(EndSessionsError::LoggedOut))), "{one:?}");
    assert!(app.is_alive(&mine).await);
}

/// The same over the wire, with a body that is held back until the password was reset.
#[tokio::test]
async fn a_body_held_back_is_refused() {
    let app = TestApp::start().await;
    let (ann, stolen) = app.somebody("ann").await;
    let link = app.reset_link("ann").await;
    let body = json!({ "email": "mallory@mail.example" }).to_string();
    let mut connection = app.connect().await;
    let head = format!(
        "POST /api/v1/accounts/register-email/ HTTP/1.1\r\nhost: x\r\nauthorization: Token {stolen}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    connection.send(head).await;
    let ready = connection.answer().await.expect("the head has arrived");
    assert_eq!(ready.status, 100, "the server waits for the body: {ready:?}");
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    connection.send(body).await;
    connection.answer().await.expect("an answer").expect_detail(401, "Invalid token.");
    assert!(app.mails().await.iter().all(|mail| mail.to == ann.email));
}
