//! The client of the contract `accounts`: its paths and bodies, and its requests as methods of [`TestApp`].
//!
//! Tests of what all contracts share use this client too.

mod table;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::test_app::PASSWORD;
use crate::support::{Answer, Link, Person, TestApp};

pub use table::{ENDPOINTS, PATHS_WITH_JWT, QUESTIONS};

/// The paths of the endpoints, below the contract's base path.
pub mod paths {
    pub const REGISTER: &str = "register/";
    pub const VERIFY_REGISTRATION: &str = "verify-registration/";
    pub const RESEND_VERIFICATION: &str = "resend-verification/";
    pub const LOGIN: &str = "login/";
    pub const LOGOUT: &str = "logout/";
    pub const SESSIONS: &str = "sessions/";
    pub const ONE_SESSION: &str = "sessions/{id}/";
    pub const PROFILE: &str = "profile/";
    pub const CHANGE_PASSWORD: &str = "change-password/";
    pub const SEND_RESET_LINK: &str = "send-reset-password-link/";
    pub const RESET_PASSWORD: &str = "reset-password/";
    pub const REGISTER_EMAIL: &str = "register-email/";
    pub const CORRECT_EMAIL: &str = "correct-email/";
    pub const VERIFY_EMAIL: &str = "verify-email/";
    pub const PROVIDERS: &str = "providers/";
    pub const START_PROVIDER_LOGIN: &str = "providers/{name}/start/";
    pub const FINISH_PROVIDER_LOGIN: &str = "providers/{name}/finish/";
    pub const PROVIDER_ACCOUNTS: &str = "provider-accounts/";
    pub const ONE_PROVIDER_ACCOUNT: &str = "provider-accounts/{id}/";
    pub const REFRESH_TOKEN: &str = "refresh-token/";
    pub const VERIFY_TOKEN: &str = "verify-token/";

    /// One session, by its id.
    pub fn session(id: &str) -> String {
        format!("{SESSIONS}{id}/")
    }
}

/// A password that breaks no rule, for those who want another.
pub const NEW_PASSWORD: &str = "Velvet-Comet-77";

/// The name of the cookie that is a session.
pub const COOKIE: &str = "__Host-sessionid";

impl TestApp {
    /// What somebody of that name sends to register: `NAME@mail.example` and [`PASSWORD`].
    pub fn registration_of(username: &str) -> Value {
        json!({
            "username": username,
            "email": format!("{username}@mail.example"),
            "password": PASSWORD,
            "password_confirm": PASSWORD,
        })
    }

    /// Registers with these members besides, or instead of, the usual ones.
    pub async fn register(&self, username: &str, other: Value) -> Answer {
        let mut body = Self::registration_of(username);
        let Value::Object(other) = other else { panic!("{other} is no object") };
        body.as_object_mut().expect("it is one").extend(other);
        self.post_json(paths::REGISTER, &body).await
    }

    /// Somebody who has registered. The mail waits in the outbox.
    pub async fn registered(&self, username: &str) -> Person {
        let profile = self.register(username, json!({})).await.expect(201);
        let text = |name: &str| profile[name].as_str().expect("a text").to_owned();
        Person { id: text("id"), username: text("username"), email: text("email"), password: PASSWORD.to_owned() }
    }

    /// Somebody who has registered and followed the link. Mails that came meanwhile count as seen.
    pub async fn verified(&self, username: &str) -> Person {
        let person = self.registered(username).await;
        let mails = self.mails().await;
        let mail = mails.iter().rfind(|mail| mail.to == person.email).expect("a mail with a link");
        self.verify(&mail.link()).await.expect(200);
        person
    }

    /// Posts what a registration link brought.
    pub async fn verify(&self, link: &Link) -> Answer {
        self.post_json(paths::VERIFY_REGISTRATION, &link.claim()).await
    }

    /// Asks for another registration link.
    pub async fn resend(&self, email: &str) -> Answer {
        self.post_json(paths::RESEND_VERIFICATION, &json!({ "email": email })).await
    }

    /// Posts a login and a password.
    pub async fn log_in(&self, login: &str, password: &str) -> Answer {
        self.post_json(paths::LOGIN, &json!({ "login": login, "password": password })).await
    }

    /// The token of a new session.
    ///
    /// # Panics
    ///
    /// If the login is refused.
    pub async fn token_of(&self, person: &Person) -> String {
        let answer = self.log_in(&person.username, &person.password).await.expect(200);
        answer["token"].as_str().expect("a token").to_owned()
    }

    /// A verified user with the token of a session.
    pub async fn somebody(&self, username: &str) -> (Person, String) {
        let person = self.verified(username).await;
        let token = self.token_of(&person).await;
        (person, token)
    }

    /// Whether the token's session is alive.
    pub async fn is_alive(&self, token: &str) -> bool {
        let answer = self.get_by(token, paths::PROFILE).await;
        if answer.status != 200 {
            answer.expect_detail(401, "Invalid token.");
        }
        answer.status == 200
    }

    /// Changes the password of whoever the token belongs to.
    pub async fn change_password(&self, token: &str, old: &str, new: &str) -> Answer {
        let body = json!({ "old_password": old, "password": new, "password_confirm": new });
        self.post_by(token, paths::CHANGE_PASSWORD, &body).await
    }

    /// Asks for a link that resets the password.
    pub async fn ask_for_reset(&self, login: &str) -> Answer {
        self.post_json(paths::SEND_RESET_LINK, &json!({ "login": login })).await
    }

    /// The link that comes when it is asked for.
    pub async fn reset_link(&self, login: &str) -> Link {
        self.ask_for_reset(login).await.expect(200);
        self.link().await
    }

    /// Follows a link that resets the password.
    pub async fn reset(&self, link: &Link, password: &str) -> Answer {
        let mut body = link.claim();
        body["password"] = Value::from(password);
        self.post_json(paths::RESET_PASSWORD, &body).await
    }

    /// Asks for another address.
    pub async fn ask_for_email(&self, token: &str, email: &str) -> Answer {
        self.post_by(token, paths::REGISTER_EMAIL, &json!({ "email": email })).await
    }

    /// The link that comes to the new address.
    pub async fn email_link(&self, token: &str, email: &str) -> Link {
        self.ask_for_email(token, email).await.expect(200);
        self.link().await
    }

    /// Follows a link that changes the address.
    pub async fn verify_email(&self, link: &Link) -> Answer {
        self.post_json(paths::VERIFY_EMAIL, &link.claim()).await
    }

    /// Sees that the password is the user's, without leaving a session behind.
    pub async fn knows(&self, login: &str, password: &str) -> bool {
        let answer = self.log_in(login, password).await;
        if answer.status == 200 {
            let token = answer.json()["token"].as_str().expect("a token").to_owned();
            self.post_by(&token, paths::LOGOUT, &json!({})).await.expect(200);
            return true;
        }
        answer.expect_detail(400, "Login or password invalid.");
        false
    }
}

/// Sends all requests at once and gives the answers in their order.
pub async fn at_once<F: Future<Output = Answer>>(requests: impl IntoIterator<Item = F>) -> Vec<Answer> {
    join_all(requests).await
}

/// How many of the answers have the status.
pub fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// The value of the cookie that an answer sets, if it does.
pub fn cookie(answer: &Answer, name: &str) -> Option<String> {
    let set = answer.headers.iter().filter(|(known, _)| known == "set-cookie").map(|(_, value)| value);
    let start = format!("{name}=");
    set.filter_map(|value| value.strip_prefix(&start))
        .map(|rest| rest.split(';').next().unwrap_or("").to_owned())
        .next()
}

/// Every attribute of the cookie that an answer sets, sorted, without its value.
pub fn cookie_attributes(answer: &Answer, name: &str) -> Vec<String> {
    let start = format!("{name}=");
    let set = answer.headers.iter().find(|(known, value)| known == "set-cookie" && value.starts_with(&start));
    let (_, value) = set.unwrap_or_else(|| panic!("no {name}: {answer:?}"));
    let mut attributes: Vec<_> = value.split("; ").skip(1).map(str::to_owned).collect();
    attributes.sort();
    attributes
}
