//! What the hooks of an embedding program are told: of provider accounts that a reset of the password disconnects, and of
//! a user whom a login deletes and creates again.

use std::sync::{Arc, Mutex};

use countersign::{Hooks, UserId};

use super::*;

#[derive(Clone, Debug, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn push(&self, text: String) {
        self.0.lock().expect("no panic").push(text);
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().expect("no panic").clone()
    }
}

impl Hooks for Heard {
    fn user_disconnected_provider(&self, user_id: &UserId, provider: &str) {
        self.push(format!("{user_id} {provider}"));
    }

    fn user_deleted(&self, user_id: &UserId) {
        self.push(format!("{user_id} deleted"));
    }
}

async fn site_with(heard: &Heard) -> Site {
    let idp = FakeOpenId::start_at(Clock::manual(BEGINNING));
    let provider = idp.settings("idp");
    let app = TestApp::with_hooks(heard.clone(), |settings| settings.providers = vec![provider]).await;
    Site { app, idp }
}

#[tokio::test]
async fn a_reset_tells_what_it_disconnects() {
    let heard = Heard::default();
    let site = site_with(&heard).await;
    let (bob, session) = site.app.somebody("bob").await;
    let eve = FakeUser::new("eve-there", "eve@mail.example").with("preferred_username", "eve");
    site.connect(&session, &eve).await.expect(200);
    site.move_to(&session, "robert@mail.example").await;
    assert!(heard.all().is_empty());
    site.reset("bob").await;
    assert_eq!(heard.all(), [format!("{} idp", bob.id)]);
}

#[tokio::test]
async fn a_login_that_makes_a_user_anew_tells_that_the_other_is_deleted() {
    let heard = Heard::default();
    let site = site_with(&heard).await;
    site.log_in(&ann().with("email", "typo@mail.example").with("email_verified", false)).await.expect(400);
    let mistaken = site.app.users().await.remove(0);
    site.log_in(&ann()).await.expect(200);
    assert_eq!(heard.all(), [format!("{} deleted", mistaken.id)]);
}
