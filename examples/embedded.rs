//! Countersign inside a program of your own.
//!
//! ```sh
//! cargo run --example embedded
//! ```
//!
//! Then open <http://127.0.0.1:8080/>, register, and follow the link in the mail, which lands in `var/mailbox/`. To copy
//! this into a package of your own, depend on `actix-web`, `countersign` and `tracing-subscriber`, and take the two
//! pages along.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::{self, Data, Html};
use actix_web::{App, HttpServer, Responder};
use countersign::links::FrontendUrl;
use countersign::{Countersign, Hooks, LoggedInUser, Settings, User, UserId};

const ADDRESS: &str = "127.0.0.1:8080";

/// What this program knows of its members. Yours has a table for it.
#[derive(Default)]
struct Members(Mutex<Vec<String>>);

/// Hears what happens to accounts.
struct Doorman {
    members: Arc<Members>,
}

impl Hooks for Doorman {
    fn user_registered(&self, user_id: &UserId) {
        println!("Somebody registered: {user_id}. The mail is on its way.");
    }

    fn user_activated(&self, user: &User) {
        let name = user.username.as_deref().unwrap_or("somebody");
        println!("{name} has proved the address.");
        // Hooks are called while a request waits: be quick, and hand longer work on.
        self.members.0.lock().unwrap_or_else(PoisonError::into_inner).push(name.to_owned());
    }
}

/// The page that registers.
async fn home() -> impl Responder {
    Html::new(include_str!("embedded/register.html"))
}

/// The page that mailed links lead to.
async fn verify_user() -> impl Responder {
    Html::new(include_str!("embedded/verify.html"))
}

/// A route of this program for the user who is logged in; others are answered 401.
async fn me(user: LoggedInUser) -> impl Responder {
    let name = user.user().username.as_deref().unwrap_or("friend");
    format!("Hello, {name}. Your id is {}.\n", user.user().id)
}

/// A route of this program that has nothing to do with accounts.
async fn members(members: Data<Members>) -> impl Responder {
    web::Json(members.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Countersign logs through `tracing`; without a subscriber its lines go nowhere.
    tracing_subscriber::fmt().init();
    // The same settings as the server's: the built-in defaults, a file, the environment. Fields may be changed after.
    let file = std::env::args_os().nth(1);
    let mut settings = Settings::load(file.as_deref().map(Path::new), std::env::vars())?;
    settings.registration.frontend_url = Some(FrontendUrl::parse(&format!("http://{ADDRESS}/verify-user/"))?);

    let members_known = Arc::new(Members::default());
    let countersign =
        Countersign::builder(settings).hooks(Doorman { members: Arc::clone(&members_known) }).start().await?;
    // Sends the mails; without it they wait in the database.
    let background = countersign.start_background();

    let mailbox = countersign.settings().mail.directory.clone();
    let server = HttpServer::new({
        let countersign = countersign.clone();
        move || {
            App::new()
                .app_data(Data::from(Arc::clone(&members_known)))
                .route("/", web::get().to(home))
                .route("/verify-user/", web::get().to(verify_user))
                .route("/members", web::get().to(members))
                .route("/me", web::get().to(me))
                .configure(countersign.routes())
        }
    })
    .bind(ADDRESS)?;
    println!("Open http://{ADDRESS}/ and register. Mails land in {}/. Ctrl-C ends it.", mailbox.display());
    println!("Log in at /api/v1/accounts/login/, then: curl http://{ADDRESS}/me -H 'Authorization: Token …'");
    server.run().await?;

    // Lets the mail that is being sent finish.
    background.stop().await;
    // Leaves the database in one file.
    countersign.close().await;
    Ok(())
}
