//! `[[providers]]`: what a provider says of a user is believed, so nothing may change it on its way.

use url::Url;

use super::super::source::Source;
use super::super::{Provider, Settings, UsernamePolicy};
use super::copied::copied_secret;
use super::files::{is_open_to_others, secret_file};
use super::local::is_this_machine;
use super::row::{Findings, Row, judged};

pub(super) const ROWS: &[Row] = &[judged("providers", |settings, findings| {
    for provider in &settings.providers {
        addresses(provider, findings);
        redirects(provider, findings);
        secret(settings, provider, findings);
        useless(settings, provider, findings);
        let name = &provider.name;
        let message = format!(
            "{name}: who has an address there has the account of the user with that address here; set \
             `joins_verified_emails` to false, so that users log in and connect the two themselves"
        );
        findings.risk(provider.joins_verified_emails, &message);
    }
})];

/// Finds what has no effect, or keeps users out.
fn useless(settings: &Settings, provider: &Provider, findings: &mut Findings) {
    let name = &provider.name;
    let is_email_needed = settings.registration.email_required
        || settings.registration.verification
        || settings.users.username != UsernamePolicy::Required;
    if let Some(scope) = provider.missing_email_scope().filter(|_| is_email_needed && provider.creates_users) {
        let message = format!(
            "{name}: `scopes` lacks \"{scope}\", so that the provider may tell no address, which new users need here; \
             add it"
        );
        findings.risk_of_any_mode(true, &message);
    }
    let are_owners_proved = settings.registration.verification && settings.change_email.verification;
    let message = format!(
        "{name}: `joins_verified_emails` has no effect while `registration.verification` or \
         `change_email.verification` is off, because anybody may have registered with the address of another person"
    );
    findings.risk_of_any_mode(provider.joins_verified_emails && !are_owners_proved, &message);
}

fn addresses(provider: &Provider, findings: &mut Findings) {
    let addresses = [("issuer", provider.issuer.as_deref().unwrap_or_default())];
    for (key, address) in addresses.into_iter().chain([("api_url", &*provider.api_url), ("web_url", &provider.web_url)])
    {
        let Ok(url) = Url::parse(address) else { continue };
        let name = &provider.name;
        let message = format!(
            "{name}: `{key}` is not encrypted, so that anybody on the way can log in as anybody; write https://"
        );
        findings.error(url.scheme() != "https", &message);
        let message = format!("{name}: `{key}` is this machine, which is no provider for users elsewhere");
        findings.risk(url.scheme() == "https" && is_this_machine(&url), &message);
    }
}

fn redirects(provider: &Provider, findings: &mut Findings) {
    let in_clear_text =
        || provider.redirect_uris.iter().filter_map(|uri| Url::parse(uri).ok()).filter(|url| url.scheme() == "http");
    let message = format!(
        "{}: `redirect_uris` has an address to which the code of a login would travel in clear text; write https://",
        provider.name
    );
    findings.error(in_clear_text().any(|url| !is_this_machine(&url)), &message);
    let message = format!(
        "{}: `redirect_uris` has an address of this machine, where other programs of a user's machine can take the \
         login; leave it out",
        provider.name
    );
    findings.risk(in_clear_text().any(|url| is_this_machine(&url)), &message);
}

fn secret(settings: &Settings, provider: &Provider, findings: &mut Findings) {
    secret_file(provider.client_secret_file.as_deref(), findings);
    let name = format!("{}: `client_secret`", provider.name);
    copied_secret(&name, provider.client_secret.as_ref(), "the provider refuses it", findings);
    let is_direct = provider.client_secret.is_some() && provider.client_secret_file.is_none();
    let is_open = settings
        .entry(findings.key)
        .is_some_and(|entry| is_direct && matches!(&entry.source, Source::File(path) if is_open_to_others(path)));
    let message = format!(
        "{}: `client_secret` stands in a settings file that every user of this machine may read; chmod 600 or 640, or \
         use `client_secret_file`",
        provider.name
    );
    findings.risk(is_open, &message);
}
