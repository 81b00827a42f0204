//! Sample values with which every template is rendered at start.

use super::{Palette, Site};
use crate::mail::context::{MailContext, MailLink, MailUser};
use crate::settings::Color;

/// Users with and without each of their names, at a site with and without an address for help and a logo, so that both branches of
/// every `{{#if …}}` are rendered.
pub(super) fn tries(links: &[MailLink]) -> Vec<(MailContext, Site)> {
    if links.is_empty() {
        return tries_with(None);
    }
    links.iter().flat_map(|link| tries_with(Some(link))).collect()
}

/// Returns sample values with each of the names, for a mail of this application with this link.
pub(crate) fn context(app_name: String, link: Option<MailLink>) -> MailContext {
    let user = MailUser {
        username: "sam".into(),
        first_name: "Sam".into(),
        last_name: "Sample".into(),
        email: "sam@sample.example".into(),
    };
    MailContext { app_name, user, email: "sam@sample.example".into(), link }
}

fn tries_with(link: Option<&MailLink>) -> Vec<(MailContext, Site)> {
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
