//! What people do once they have an account: log in, ask for links, follow them.

use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{Answer, Link, Person, TestApp};

/// A password that breaks no rule, for those who want another.
pub const NEW_PASSWORD: &str = "Velvet-Comet-77";

/// The name of the cookie that is a session.
pub const COOKIE: &str = "__Host-sessionid";

impl TestApp {
    /// Posts a login and a password.
    pub async fn log_in(&self, login: &str, password: &str) -> Answer {
        self.post_json("login/", &json!({ "login": login, "password": password })).await
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

    /// A request with a token in its header.
    pub fn request_by(&self, token: &str, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).header("authorization", format!("Token {token}"))
    }

    pub async fn get_by(&self, token: &str, path: &str) -> Answer {
        self.send(self.request_by(token, "GET", path)).await
    }

    pub async fn post_by(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(self.request_by(token, "POST", path).json(body)).await
    }

    pub async fn delete_by(&self, token: &str, path: &str) -> Answer {
        self.send(self.request_by(token, "DELETE", path)).await
    }

    /// Whether the token's session is alive.
    pub async fn is_alive(&self, token: &str) -> bool {
        let answer = self.get_by(token, "profile/").await;
        if answer.status != 200 {
            answer.expect_detail(401, "Invalid token.");
        }
        answer.status == 200
    }

    /// Changes the password of whoever the token belongs to.
    pub async fn change_password(&self, token: &str, old: &str, new: &str) -> Answer {
        let body = json!({ "old_password": old, "password": new, "password_confirm": new });
        self.post_by(token, "change-password/", &body).await
    }

    /// Asks for a link that resets the password.
    pub async fn ask_for_reset(&self, login: &str) -> Answer {
        self.post_json("send-reset-password-link/", &json!({ "login": login })).await
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
        self.post_json("reset-password/", &body).await
    }

    /// Asks for another address.
    pub async fn ask_for_email(&self, token: &str, email: &str) -> Answer {
        self.post_by(token, "register-email/", &json!({ "email": email })).await
    }

    /// The link that comes to the new address.
    pub async fn email_link(&self, token: &str, email: &str) -> Link {
        self.ask_for_email(token, email).await.expect(200);
        self.link().await
    }

    /// Follows a link that changes the address.
    pub async fn verify_email(&self, link: &Link) -> Answer {
        self.post_json("verify-email/", &link.claim()).await
    }

    /// Sees that the password is the user's, without leaving a session behind.
    pub async fn knows(&self, login: &str, password: &str) -> bool {
        let answer = self.log_in(login, password).await;
        if answer.status == 200 {
            let token = answer.json()["token"].as_str().expect("a token").to_owned();
            self.post_by(&token, "logout/", &json!({})).await.expect(200);
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
