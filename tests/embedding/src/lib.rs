//! A small program with notes of its own, to which Countersign brings the users. Its tests are in `tests/notes/`.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use countersign::accounts::LoginError;
use countersign::mail::{Delivery, DeliveryError, OutgoingMail, Transport};
use countersign::{Hooks, LoggedInUser, User, UserId, require_login};

/// A list that several threads add to.
#[derive(Clone, Debug)]
pub struct Shared<T>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T: Clone> Shared<T> {
    /// Adds one.
    pub fn add(&self, one: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    }

    /// Returns all.
    pub fn all(&self) -> Vec<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes down what happens to accounts.
#[derive(Clone, Default)]
pub struct Diary(pub Shared<String>);

impl Hooks for Diary {
    fn user_registered(&self, user_id: &UserId) {
        self.0.add(format!("registered {user_id}"));
    }

    fn user_activated(&self, user: &User) {
        self.0.add(format!("activated {}", user.id));
    }

    fn user_logged_in(&self, user_id: &UserId) {
        self.0.add(format!("logged in {user_id}"));
    }

    fn login_failed(&self, user_id: Option<&UserId>, reason: LoginError) {
        self.0.add(format!("login failed {} {reason}", user_id.map_or("-", UserId::as_str)));
    }

    fn user_changed_password(&self, user_id: &UserId) {
        self.0.add(format!("changed password {user_id}"));
    }

    fn user_changed_email(&self, user_id: &UserId) {
        self.0.add(format!("changed e-mail {user_id}"));
    }

    fn user_disabled(&self, user_id: &UserId) {
        self.0.add(format!("disabled {user_id}"));
    }

    fn user_enabled(&self, user_id: &UserId) {
        self.0.add(format!("enabled {user_id}"));
    }

    fn user_deleted(&self, user_id: &UserId) {
        self.0.add(format!("deleted {user_id}"));
    }
}

/// Keeps the mails instead of sending them; refuses those to addresses of `refused.example`.
#[derive(Clone, Debug, Default)]
pub struct Letterbox(pub Shared<String>);

impl Transport for Letterbox {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a> {
        Box::pin(async move {
            let text = String::from_utf8_lossy(mail.bytes()).into_owned();
            if text.contains("@refused.example") {
                return Err(DeliveryError::refused(Some(550), "no such mailbox"));
            }
            self.0.add(text);
            Ok(())
        })
    }

    /// There is no limit.
    fn most_at_once(&self) -> Option<NonZeroUsize> {
        Some(NonZeroUsize::MAX)
    }
}

/// The program's own routes: `/notes` for the user who is logged in, and `/private/…` behind the middleware.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(async || "everybody may read this"))
        .route("/notes", web::get().to(notes))
        .route("/notes", web::post().to(notes))
        .route("/greeting", web::get().to(greeting))
        .service(web::scope("/private").wrap(from_fn(require_login)).route("/name", web::get().to(name)));
}

async fn notes(user: LoggedInUser) -> impl Responder {
    HttpResponse::Ok().body(format!("the notes of {}", user.user().id))
}

async fn greeting(user: Option<LoggedInUser>) -> impl Responder {
    match user {
        Some(user) => format!("Hello, {}", user.user().username.as_deref().unwrap_or("friend")),
        None => "Hello, stranger".to_owned(),
    }
}

async fn name(user: LoggedInUser) -> impl Responder {
    user.user().username.clone().unwrap_or_default()
}
