//! The contract of djoser: one file for each capability.

mod access_tokens;
mod activation;
mod addresses;
mod deletion;
mod held_mails;
mod jwt;
mod key_pairs;
mod login_names;
mod other_contracts;
mod passwords;
mod records;
mod registration;
mod rotation;
mod staff_addresses;
mod switched_off;
mod tokens;
mod without_usernames;

use countersign::Settings;
use countersign::links::FrontendUrl;
use countersign::settings::ActivationPages;

/// Serves the contract, with activation.
fn with_activation(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
}

/// Serves the contract, without activation: users are active at once, and addresses need no proof.
fn without_activation(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.registration.verification = false;
    settings.change_email.verification = false;
}

/// Serves the contract without activation, and with JSON Web Tokens.
fn with_jwt(settings: &mut Settings) {
    without_activation(settings);
    settings.contracts.djoser.jwt = true;
}

/// Serves the contract alone, whose pages are at another host than the site's.
fn alone(settings: &mut Settings) {
    settings.contracts.djoser.enabled = true;
    settings.contracts.accounts.enabled = false;
    let url = "https://djoser.example/#/activate/{uid}/{token}";
    settings.contracts.djoser.activation_url = Some(ActivationPages {
        registration: FrontendUrl::parse(url).expect("a URL"),
        email: FrontendUrl::parse(url).expect("a URL"),
    });
}
