//! The tests that run the real application: one program, so that it is linked once.

mod documentation;
mod health;
mod mail_delivery;
mod mails;
mod notices;
mod protocol;
mod registration;
mod resend;
mod architecture;
mod smtp;
#[allow(dead_code, unused_imports, reason = "what the next tests need is there already")]
mod support;
mod verification;
