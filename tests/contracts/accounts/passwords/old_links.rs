//! After a password or an address was changed, nothing that was asked for before takes the account over.

use crate::support::accounts::{NEW_PASSWORD, at_once, count};
use crate::support::test_app::PASSWORD;
use crate::support::{Link, Person, TestApp};

/// Ann with a session, a registration link, two reset links and two links to new addresses, asked for at different times.
struct Ann {
    app: TestApp,
    person: Person,
    token: String,
    verification: Link,
    resets: Vec<Link>,
    emails: Vec<Link>,
}

impl Ann {
    async fn with_links() -> Self {
        let app = TestApp::start().await;
        let person = app.registered("ann").await;
        let verification = app.link().await;
        app.verify(&verification).await.expect(200);
        let token = app.token_of(&person).await;
        let (mut resets, mut emails) = (Vec::new(), Vec::new());
        for number in 0..2 {
            app.advance(1);
            resets.push(app.reset_link("ann").await);
            emails.push(app.email_link(&token, &format!("new{number}@mail.example")).await);
        }
        Self { app, person, token, verification, resets, emails }
    }

    /// Sees that all links are refused and change nothing. The one that was used last is told apart.
    async fn all_are_dead_but_for_words(&self, used: Option<&Link>) {
        let before = self.app.user(&self.person.id).await;
        for link in &self.resets {
            let told = if Some(link) == used { "This link has already been used." } else { "Invalid signature" };
            self.app.reset(link, "Other-Lantern-9").await.expect_detail(400, told);
        }
        for link in &self.emails {
            let answer = self.app.verify_email(link).await;
            if Some(link) == used {
                answer.expect_detail(200, "Email verified successfully");
            } else {
                answer.expect_detail(400, "Invalid signature");
            }
        }
        self.app.verify(&self.verification).await.expect(200);
        let after = self.app.user(&self.person.id).await;
        assert_eq!(before.password_hash.expose(), after.password_hash.expose());
        assert_eq!((before.email, before.verified_at), (after.email, after.verified_at));
    }

    async fn all_are_dead(&self) {
        self.all_are_dead_but_for_words(None).await;
    }

    async fn all_are_dead_and_this_is_used(&self, used: &Link) {
        self.all_are_dead_but_for_words(Some(used)).await;
    }
}

#[tokio::test]
async fn after_a_reset_every_earlier_link_is_refused() {
    let ann = Ann::with_links().await;
    ann.app.reset(&ann.resets[0], NEW_PASSWORD).await.expect(200);
    ann.all_are_dead_and_this_is_used(&ann.resets[0]).await;
    assert!(ann.app.knows("ann", NEW_PASSWORD).await);
}

#[tokio::test]
async fn after_a_reset_to_the_same_password_too() {
    let ann = Ann::with_links().await;
    ann.app.reset(&ann.resets[1], PASSWORD).await.expect(200);
    ann.all_are_dead_and_this_is_used(&ann.resets[1]).await;
}

#[tokio::test]
async fn after_a_change_of_password_every_earlier_link_is_refused() {
    let ann = Ann::with_links().await;
    ann.app.change_password(&ann.token, PASSWORD, NEW_PASSWORD).await.expect(200);
    ann.all_are_dead().await;
}

#[tokio::test]
async fn after_a_change_of_address_every_earlier_link_is_refused() {
    let ann = Ann::with_links().await;
    ann.app.verify_email(&ann.emails[1]).await.expect(200);
    ann.all_are_dead_and_this_is_used(&ann.emails[1]).await;
    assert_eq!(ann.app.user(&ann.person.id).await.email.as_deref(), Some("new1@mail.example"));
}

#[tokio::test]
async fn after_a_change_of_address_without_proof_too() {
    let ann = Ann::with_links().await;
    let lenient = ann.app.sibling(|settings| settings.change_email.verification = false).await;
    lenient.ask_for_email(&ann.token, "newest@mail.example").await.expect_detail(200, "Email changed");
    ann.all_are_dead().await;
}

#[tokio::test]
async fn a_new_link_works_and_does_not_wake_the_old_ones() {
    let ann = Ann::with_links().await;
    ann.app.reset(&ann.resets[1], NEW_PASSWORD).await.expect(200);
    ann.app.mails().await;
    let new = ann.app.reset_link("ann").await;
    ann.all_are_dead_and_this_is_used(&ann.resets[1]).await;
    ann.app.reset(&new, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_fifty_uses_of_one_reset_link_at_once_exactly_one_wins_and_then_all_links_are_dead() {
    let ann = Ann::with_links().await;
    let passwords: Vec<_> = (0..50).map(|number| format!("Velvet-Comet-{number}x")).collect();
    let answers = at_once(passwords.iter().map(|password| ann.app.reset(&ann.resets[0], password))).await;
    assert_eq!((count(&answers, 200), count(&answers, 400)), (1, 49));
    for answer in answers.iter().filter(|answer| answer.status == 400) {
        answer.expect_detail(400, "This link has already been used.");
    }
    let winner = answers.iter().position(|answer| answer.status == 200).expect("one won");
    assert!(ann.app.knows("ann", &passwords[winner]).await);
    assert_eq!(ann.app.mails().await.len(), 1, "one notice");
    ann.all_are_dead_and_this_is_used(&ann.resets[0]).await;
}

#[tokio::test]
async fn a_mail_that_still_waits_brings_no_link_after_the_reset() {
    let app = TestApp::start().await;
    let (ann, stolen) = app.somebody("ann").await;
    let link = app.reset_link("ann").await;
    // Mallory's mail server does not take mails just yet: they wait in the outbox, and links are signed when sent.
    app.ask_for_email(&stolen, "mallory@mail.example").await.expect(200);
    app.ask_for_reset("ann").await.expect(200);
    app.reset(&link, NEW_PASSWORD).await.expect(200);
    let mails = app.mails().await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [ann.email.as_str()]);
    assert_eq!(mails[0].subject, "Your password at Tea & Co was changed");
}

#[tokio::test]
async fn nor_after_a_change_of_password_or_of_address() {
    let app = TestApp::start().await;
    let (ann, mine) = app.somebody("ann").await;
    let stolen = app.token_of(&ann).await;
    app.ask_for_email(&stolen, "mallory@mail.example").await.expect(200);
    app.change_password(&mine, PASSWORD, NEW_PASSWORD).await.expect(200);
    let mails = app.mails().await;
    assert!(mails.len() == 1 && mails[0].to == ann.email, "{mails:?}");

    let link = app.email_link(&mine, "ann2@mail.example").await;
    app.ask_for_email(&mine, "ann2@mail.example").await.expect(200);
    app.ask_for_reset("ann").await.expect(200);
    app.verify_email(&link).await.expect(200);
    let mails = app.mails().await;
    assert!(mails.len() == 1 && mails[0].to == ann.email && !mails[0].text.contains("http"), "{mails:?}");
}
