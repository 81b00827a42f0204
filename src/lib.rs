//! Countersign registers people for single-page apps and proves that their e-mail address is theirs.
//!
//! The map of the house is in `docs/architecture.md`. Imports run one way:
//! `main → cli → app → http → accounts → {store, mail, passwords, links}`;
//! `clock`, `identity`, `secret`, `lane` and the values of `settings` are leaves that anybody may use.

pub mod accounts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod http;
pub mod identity;
pub mod lane;
pub mod links;
pub mod mail;
pub mod passwords;
pub mod secret;
pub mod settings;
pub mod store;

pub use accounts::{Accounts, Hooks};
pub use app::{Background, Countersign};
pub use identity::UserId;
pub use settings::Settings;
pub use store::User;
