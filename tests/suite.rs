//! The tests that run the real application: one program, so that it is linked once.

mod administration;
mod budgets;
mod columns;
mod contract_pages;
mod contracts;
mod documentation;
mod http;
#[cfg(feature = "postgres")]
mod lost_connections;
mod mail_delivery;
mod mailed_pages;
mod mails;
mod metrics;
mod moving;
mod notices;
mod pages;
mod providers;
mod quiet_logs;
mod races;
mod shared_outbox;
mod smtp;
mod storm;
mod support;
mod upgrades;
