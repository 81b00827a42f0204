//! The tests that run the real application: one program, so that it is linked once.

mod budgets;
mod documentation;
mod email;
mod health;
mod known_and_unknown;
mod login;
#[cfg(feature = "postgres")]
mod lost_connections;
mod mail_delivery;
mod mails;
mod malformed;
mod malformed_account;
mod notices;
mod passwords;
mod profile;
mod protocol;
mod quiet_logs;
mod races;
mod reference_faults;
mod registration;
mod resend;
mod sessions;
mod shared_outbox;
mod smtp;
mod storm;
mod support;
mod upgrades;
mod verification;
