//! People who register, and the requests that belong to that.

use serde_json::{Value, json};

use super::{Answer, Link, TestApp};

/// The password everybody here has.
pub const PASSWORD: &str = "Kettle-Harbor-42";

/// Somebody who has registered.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub username: String,
    pub email: String,
    pub password: String,
}

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
        self.post_json("register/", &body).await
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
        self.post_json("verify-registration/", &link.claim()).await
    }

    /// Asks for another registration link.
    pub async fn resend(&self, email: &str) -> Answer {
        self.post_json("resend-verification/", &json!({ "email": email })).await
    }
}
