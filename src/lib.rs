//! Countersign registers people for single-page apps and proves that their e-mail address is theirs.
//!
//! A new account starts unverified; a mail brings a link to the app's own page; the page posts what the link carries
//! back; and the account is active. Links are signed instead of stored, mails wait in the database until they are sent,
//! and everything that costs time runs beside the threads that answer requests.
//!
//! The program of the same name serves all this alone. As a library it is part of your own actix-web application:
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use countersign::{Countersign, Hooks, Settings, User};
//!
//! struct Welcome;
//!
//! impl Hooks for Welcome {
//!     fn user_activated(&self, user: &User) {
//!         println!("{} is in", user.id);
//!     }
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let settings = Settings::load(None, std::env::vars())?;
//!     let countersign = Countersign::builder(settings).hooks(Welcome).start().await?;
//!     let background = countersign.start_background();
//!
//!     let accounts = countersign.clone();
//!     HttpServer::new(move || {
//!         App::new().route("/", web::get().to(async || "my own route")).configure(accounts.routes())
//!     })
//!     .bind("127.0.0.1:8080")?
//!     .run()
//!     .await?;
//!
//!     background.stop().await;
//!     countersign.close().await;
//!     Ok(())
//! }
//! ```
//!
//! # Debug builds
//!
//! Hashing a password takes most of a second in a debug build, unless the workspace's `Cargo.toml` has
//!
//! ```toml
//! [profile.dev.package.argon2-rust]
//! opt-level = 3
//! ```
//!
//! # Where to begin
//!
//! - [`Settings`]: what can be set; the defaults need no file and no server but a directory to write to.
//! - [`Countersign`]: opens what the settings name; gives routes to mount and tasks to run.
//! - [`LoggedInUser`], [`require_login`]: guards for routes of your own.
//! - [`Hooks`]: what your program may be told.
//! - [`Accounts`]: the operations themselves, for calling them without HTTP.
//! - [`links`]: signed links, also on their own.
//!
//! # Features
//!
//! All are on by default.
//!
//! - `sqlite`: everything in one SQLite file.
//! - `postgres`: everything in PostgreSQL.
//! - `bundled`: SQLite, libpq and OpenSSL are compiled from the sources their crates carry. Without it they come from the
//!   system.
//!
//! # Rooms
//!
//! The map of the house is in `docs/architecture.md`. Imports run one way:
//! `main → cli → app → {contracts → {http, accounts}, mail} → {store, passwords, links, tokens}`;
//! `clock`, `identity`, `profile_fields`, `secret`, `lane`, `backoff`, `files`, `log` and the values of `settings` are
//! leaves that anybody may use.

#![warn(clippy::print_stdout, clippy::print_stderr, missing_docs, unreachable_pub)]

pub mod accounts;
mod app;
mod backoff;
#[doc(hidden)]
pub mod cli;
pub mod clock;
mod contracts;
mod files;
mod http;
pub mod identity;
#[doc(hidden)]
pub mod internals;
mod lane;
pub mod links;
mod log;
pub mod mail;
mod metrics;
mod pages;
pub mod passwords;
pub mod profile_fields;
pub mod providers;
pub mod secret;
pub mod settings;
mod store;
pub mod tokens;
mod user_files;

pub use accounts::{Accounts, Hooks};
pub use app::{Background, Builder, Countersign, StartError, VerificationUrl, VerificationUrlError};
pub use contracts::{LoggedInUser, require_login};
pub use identity::UserId;
pub use settings::{Settings, SettingsErrors};
pub use store::User;

/// The examples of these pages are compiled with the others.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../docs/embedding.md")]
struct Pages;
