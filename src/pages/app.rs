//!
//! It is made of the files in `web/app` and of the client in `web/client`, and calls the API as any frontend does.

use actix_web::web::{Bytes, ServiceConfig};
use serde_json::{Value, json};

use super::files::{self, File};
use crate::settings::{LoginAnswer, LoginField, Settings};

const INDEX: &str = include_str!("../../web/app/index.html");

const FILES: &[File] = &[
    File::css("/assets/app/app.css", include_str!("../../web/app/app.css")),
    File::script("/assets/app/main.js", include_str!("../../web/app/main.js")),
    File::script("/assets/app/state.js", include_str!("../../web/app/state.js")),
    File::script("/assets/app/ui.js", include_str!("../../web/app/ui.js")),
    File::script("/assets/app/pages/entrance.js", include_str!("../../web/app/pages/entrance.js")),
    File::script("/assets/app/pages/links.js", include_str!("../../web/app/pages/links.js")),
    File::script("/assets/app/pages/profile.js", include_str!("../../web/app/pages/profile.js")),
    File::script("/assets/app/pages/providers.js", include_str!("../../web/app/pages/providers.js")),
    File::script("/assets/app/pages/security.js", include_str!("../../web/app/pages/security.js")),
    File::script("/assets/client/countersign.js", include_str!("../../web/client/countersign.js")),
];

/// The pages of the app, which `web/app/main.js` tells apart.
const PAGES: &[&str] = &[
    "/",
    "/register",
    "/check-mailbox",
    "/login",
    "/forgot-password",
    "/verify-user",
    "/verify-email",
    "/reset-password",
    "/profile",
    "/delete-account",
    "/email",
    "/password",
    "/sessions",
    "/connections",
];

/// The pages of links whose parts may follow in the path, and of providers' answers.
const PAGES_WITH_MORE: &[&str] = &["/verify-user", "/verify-email", "/reset-password", "/login"];

/// The sample app.
pub(super) struct App {
    /// What the settings mean for the app, as JSON.
    settings: Bytes,
}

impl App {
    pub(super) fn new(settings: &Settings) -> Self {
        let accounts = &settings.contracts.accounts;
        let answers =
            [("token", LoginAnswer::Token), ("cookie", LoginAnswer::Cookie), ("jwt", LoginAnswer::Jwt)].into_iter();
        let answers = answers.filter(|(_, answer)| accounts.answers_login_with(*answer, &settings.login));
        let fields = settings.login.fields.iter().map(|field| match field {
            LoginField::Username => "username",
            LoginField::Email => "email",
        });
        let registration = &settings.registration;
        let is_mailbox_on = settings.pages.mailbox.is_on(settings.mode);
        let shown = json!({
            "app_name": settings.mail.app_name,
            "api": accounts.base_path,
            "login": answers.map(|(name, _)| name).collect::<Vec<_>>(),
            "login_fields": fields.collect::<Vec<_>>(),
            "registration": registration.enabled,
            "verification": registration.verification,
            "correction": registration.verification && settings.change_email.verification,
            "reset_password": settings.reset_password.enabled,
            "reset_by_email": accounts.reset_password_by_email,
            "account_deletion": accounts.account_deletion,
            "providers": !settings.providers.is_empty(),
            "mailbox": is_mailbox_on,
            "shortcuts": shortcuts(settings),
        });
        Self { settings: Bytes::from(shown.to_string()) }
    }

    pub(super) fn mount(&self, config: &mut ServiceConfig) {
        files::mount(FILES, config);
        files::mount_at("/app/settings.json", "application/json", self.settings.clone(), config);
        let page = |path: String, config: &mut ServiceConfig| {
            files::mount_at(&path, "text/html; charset=utf-8", Bytes::from_static(INDEX.as_bytes()), config);
        };
        for path in PAGES {
            page((*path).to_owned(), config);
            if *path != "/" {
                page(format!("{path}/"), config);
            }
        }
        for path in PAGES_WITH_MORE {
            page(format!("{path}/{{more:.+}}"), config);
        }
    }
}

/// Returns the pages that the start page shows to developers.
fn shortcuts(settings: &Settings) -> Vec<Value> {
    let Settings { pages, mode, .. } = settings;
    let shortcuts = [
        (pages.mailbox, "/mailbox", "Mailbox", "Every mail of this server, as it comes"),
        (pages.mailbox, "/mailbox/preview", "Mail preview", "What each mail looks like, with your templates"),
        (pages.docs, "/docs", "API", "Every call, as this server is set up, with its fields and errors"),
    ];
    let shown = shortcuts.into_iter().filter(|(served, ..)| served.is_on(*mode));
    shown.map(|(_, path, title, text)| json!({ "path": path, "title": title, "text": text })).collect()
}
