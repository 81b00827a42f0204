//! An embedding program hears of what happens, once, and of nothing else.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, User, UserId};
use serde_json::json;

use crate::support::{Person, TestApp};

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, entry: String) {
        self.0.lock().expect("no test panics meanwhile").push(entry);
    }

    fn entries(&self) -> Vec<String> {
        self.0.lock().expect("no test panics meanwhile").clone()
    }
}

impl Hooks for Diary {
    fn user_registered(&self, user_id: &UserId) {
        self.write(format!("registered {user_id}"));
    }

    fn user_activated(&self, user: &User) {
        self.write(format!("activated {} {:?}", user.id, user.verified_at.map(|at| at.unix_seconds())));
    }
}

#[tokio::test]
async fn hooks_hear_of_registration_and_of_the_first_activation() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let ann = app.registered("ann").await;
    assert_eq!(diary.entries(), [format!("registered {}", ann.id)]);

    let link = app.link().await;
    app.verify(&link).await.expect(200);
    let story = |Person { id, .. }: &Person| [format!("registered {id}"), format!("activated {id} Some(1700000000)")];
    let both = story(&ann);
    assert_eq!(diary.entries(), both);
    app.verify(&link).await.expect(200);
    assert_eq!(diary.entries(), both, "a second click activates nobody");
}

#[tokio::test]
async fn hooks_do_not_hear_of_what_was_refused_or_concealed() {
    let diary = Diary::default();
    let app = TestApp::with_hooks(diary.clone(), |_| {}).await;
    let ann = app.verified("ann").await;
    let before = diary.entries();

    app.register("bob", json!({ "email": ann.email })).await.expect(201);
    app.register("ann", json!({ "email": "other@mail.example" })).await.expect(400);
    app.register("cyd", json!({ "password": "short" })).await.expect(400);
    app.resend(&ann.email).await.expect(200);
    app.mails().await;
    assert_eq!(diary.entries(), before);
}
