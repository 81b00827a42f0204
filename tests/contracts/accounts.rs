//! The contract of django-rest-registration: one file for each capability.

mod email;
mod login;
mod passwords;
mod profile;
mod reference_faults;
mod registration;
mod resend;
mod sessions;
mod verification;
