//! What several tests need.

pub mod clients;
pub mod declared;
pub mod diary;
pub mod drawn_fields;
pub mod endpoints;
pub mod fake_providers;
pub mod generated_addresses;
pub mod limits;
#[cfg(feature = "postgres")]
pub mod machine;
pub mod mailbox;
#[cfg(feature = "postgres")]
pub mod ports;
#[cfg(feature = "postgres")]
pub mod postgres_cluster;
pub mod smtp_server;
mod smtp_settings;
pub mod test_app;

pub use clients::{accounts, dj_rest_auth, djoser, profiles, tutorial};
pub use diary::Diary;
pub use mailbox::{Link, Mail};
pub use test_app::{Answer, Person, TestApp};
