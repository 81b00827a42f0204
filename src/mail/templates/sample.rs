//! Sample values with which every template is rendered at start.

use super::{Palette, Site};
use crate::mail::MailKind;
use crate::mail::context::{MailContext, MailLink, MailProvider, MailUser};
use crate::settings::Color;

/// Users with and without each of their names, at a site with and without an address for help and a logo, and
/// with and without a provider, so that both branches of every `{{#if …}}` are rendered.
pub(super) fn tries(kind: MailKind, links: &[MailLink]) -> Vec<(MailContext, Site)> {
    if links.is_empty() {
        return tries_with(kind, None);
    }
    links.iter().flat_map(|link| tries_with(kind, Some(link))).collect()
}

/// Returns sample values with each of the names, for a mail of this kind and application with this link.
pub(crate) fn context(kind: MailKind, app_name: String, link: Option<MailLink>) -> MailContext {
    let user = MailUser {
        username: "sam".into(),
        first_name: "Sam".into(),
        last_name: "Sample".into(),
        email: "sam@sample.example".into(),
    };
    MailContext { app_name, user, email: "sam@sample.example".into(), link, provider: provider(kind, true) }
}

/// Returns a sample provider for a mail of a kind that may be about one. It may be about none.
fn provider(kind: MailKind, has_title: bool) -> Option<MailProvider> {
    let provider_title = if has_title { "GitHub".to_owned() } else { String::new() };
    kind.may_name_provider().then_some(MailProvider { provider_title })
}

fn tries_with(kind: MailKind, link: Option<&MailLink>) -> Vec<(MailContext, Site)> {
    const BOTH: [bool; 2] = [true, false];
    let mut tries = Vec::new();
    for (has_username, has_first_name) in BOTH.into_iter().flat_map(|one| BOTH.map(|other| (one, other))) {
        for (has_last_name, has_site) in BOTH.into_iter().flat_map(|one| BOTH.map(|other| (one, other))) {
            let given = |is_given: bool, name: &str| if is_given { name.to_owned() } else { String::new() };
            let context = MailContext {
                app_name: "Sample".into(),
                user: MailUser {
                    username: given(has_username, "sam"),
                    first_name: given(has_first_name, "Sam"),
                    last_name: given(has_last_name, "Sample"),
                    email: "sam@sample.example".into(),
                },
                email: "sam@sample.example".into(),
                link: link.cloned(),
                provider: provider(kind, has_last_name),
            };
            let site = Site {
                app_url: given(has_site, "https://sample.example/"),
                support_address: given(has_site, "help@sample.example"),
                logo_url: given(has_site, "https://sample.example/logo.png"),
                colors: Palette::of(Color::WHITE),
            };
            tries.push((context, site));
        }
    }
    tries
}
