//! The contract of django-rest-registration: one file for each capability.

mod access_tokens;
mod deletion;
mod email;
mod login;
mod malformed;
mod other_names;
mod passwords;
mod profile;
mod reference_faults;
mod registration;
mod resend;
mod second_guess;
mod sessions;
mod tokens;
mod verification;
