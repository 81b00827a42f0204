//! The tests that run the real application: one program, so that it is linked once.

mod architecture;
mod documentation;
mod email;
mod health;
mod known_and_unknown;
mod login;
mod mail_delivery;
mod mails;
mod malformed;
mod notices;
mod passwords;
mod profile;
mod protocol;
mod races;
mod registration;
mod resend;
mod sessions;
mod smtp;
mod storm;
mod support;
mod verification;
