//! Logins by accounts at identity providers, at each contract that has them.

mod at_accounts;
mod at_dj_rest_auth;
mod at_djoser;
mod connections;
mod first_logins;
mod hooks;
mod made_anew;
mod resets;
mod states;
mod takeovers;
mod unverified_holders;
mod without_password;

use countersign::Settings;
use countersign::clock::Clock;
use serde_json::{Value, json};

use crate::support::fake_providers::{Act, FakeOpenId, FakeUser, REDIRECT_URI};
use crate::support::test_app::BEGINNING;
use crate::support::{Answer, TestApp};

/// The cookie by which a browser is recognised when it comes back.
const BROWSER: &str = "__Host-browser";

/// A site with one provider, `idp`.
struct Site {
    app: TestApp,
    idp: FakeOpenId,
}

/// A browser, which keeps the cookie of the site.
#[derive(Clone, Debug, Default)]
struct Browser {
    cookies: Vec<String>,
}

impl Site {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts it with settings that `change` has changed; the provider is in them already.
    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let idp = FakeOpenId::start_at(Clock::manual(BEGINNING));
        let provider = idp.settings("idp");
        let app = TestApp::with(|settings| {
            settings.providers = vec![provider];
            change(settings);
        });
        Self { app: app.await, idp }
    }

    /// Begins a login in a browser, and returns the provider's page.
    async fn begin(&self, browser: &mut Browser) -> String {
        let answer = self.start_with(browser, None, &json!({ "redirect_uri": REDIRECT_URI })).await;
        let begun = answer.expect(200);
        begun["authorization_url"].as_str().expect("a URL").to_owned()
    }

    async fn start_with(&self, browser: &mut Browser, token: Option<&str>, body: &Value) -> Answer {
        let answer = browser.send(&self.app, "providers/idp/start/", token, body).await;
        browser.keep(&answer);
        answer
    }

    /// Logs `user` in at the provider's page, and brings back what the provider returns.
    async fn finish(&self, browser: &Browser, url: &str, user: &FakeUser) -> Answer {
        let login = self.idp.log_in(url, user);
        self.bring(browser, None, &login.code, &login.state).await
    }

    async fn bring(&self, browser: &Browser, token: Option<&str>, code: &str, state: &str) -> Answer {
        browser.send(&self.app, "providers/idp/finish/", token, &json!({ "code": code, "state": state })).await
    }

    /// Logs a user of the provider in, from the button to the answer.
    async fn log_in(&self, user: &FakeUser) -> Answer {
        let mut browser = Browser::default();
        let url = self.begin(&mut browser).await;
        self.finish(&browser, &url, user).await
    }

    /// Connects the account of a user of the provider to who is logged in.
    async fn connect(&self, token: &str, user: &FakeUser) -> Answer {
        let mut browser = Browser::default();
        let body = json!({ "redirect_uri": REDIRECT_URI, "connect": true });
        let begun = self.start_with(&mut browser, Some(token), &body).await.expect(200);
        let login = self.idp.log_in(begun["authorization_url"].as_str().expect("a URL"), user);
        self.bring(&browser, Some(token), &login.code, &login.state).await
    }

    /// The provider accounts of who is logged in.
    async fn accounts_of(&self, token: &str) -> Vec<Value> {
        let listed = self.app.get_by(token, "provider-accounts/").await.expect(200);
        listed.as_array().expect("a list").clone()
    }

    async fn profile(&self, token: &str) -> Value {
        self.app.get_by(token, "profile/").await.expect(200)
    }
}

impl Browser {
    async fn send(&self, app: &TestApp, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let mut request = app.request("POST", path).json(body);
        if let Some(token) = token {
            request = request.header("authorization", format!("Token {token}"));
        }
        if !self.cookies.is_empty() {
            request = request.header("cookie", self.cookies.join("; "));
        }
        app.send(request).await
    }

    /// Keeps the cookies of an answer, without their attributes.
    fn keep(&mut self, answer: &Answer) {
        let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        self.cookies = set.map(|(_, cookie)| cookie.split(';').next().unwrap_or_default().to_owned()).collect();
    }
}

/// A user of the provider, whose address is verified there.
fn ann() -> FakeUser {
    let user = FakeUser::new("ann-there", "ann@mail.example").with("preferred_username", "ann");
    user.with("given_name", "Ann").with("family_name", "Lee")
}

#[track_caller]
fn token(answer: &Answer) -> String {
    answer.expect(200)["token"].as_str().expect("a token").to_owned()
}

/// Sees that an answer is 400 with this sentence.
#[track_caller]
fn expect_refused(answer: &Answer, sentence: &str) {
    answer.expect_detail(400, sentence);
}
