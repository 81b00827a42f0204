//! `countersign serve`: what it prints when it starts, and when it fails.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::failure::Failure;
use super::first_request::how_to_register;
use crate::app::{self, StartError, Started};
use crate::log::Log;
use crate::settings::{
    Finding, LogFormat, LogSettings, MailTransport, Mode, Settings, SettingsErrors, origin_on_this_machine,
};

pub(super) fn run(settings: Settings) -> Result<(), Failure> {
    let log = Log::start(&settings.log, app::served_request);
    let served = app::serve(settings, |started| welcome(&log, started));
    served.map_err(|error: StartError| {
        // Through the log, which does not wait for a slow reader.
        if log.is_json() {
            tracing::error!("{error}");
        } else {
            log.print(&format!("error: {error}"));
        }
        Failure::Logged(1)
    })
}

/// Reports the faults of the settings in the format of the log.
pub(super) fn refuse(errors: SettingsErrors) -> Failure {
    if errors.log_format() == LogFormat::Text {
        return Failure::from(errors);
    }
    let log = Log::start(&LogSettings { format: LogFormat::Json, level: "info".to_owned() }, app::served_request);
    for error in &errors {
        tracing::error!("{error}");
    }
    drop(log);
    Failure::Logged(2)
}

/// Prints where everything is, and in development also how to begin.
fn welcome(log: &Log, started: &Started<'_>) {
    let Started { settings, addresses, generated_secrets } = started;
    let urls = urls(settings, addresses);
    let database = settings.database.url.to_string();
    let mails = destination(settings);
    let port = addresses.first().map_or(0, SocketAddr::port);
    let page = link_page(settings).map(|page| page.replacen("://localhost:0/", &format!("://localhost:{port}/"), 1));
    let origin = addresses.first().map(|address| origin_on_this_machine(*address)).unwrap_or_default();
    let app = settings.serve_app().then(|| format!("{origin}/"));
    let mailbox = settings.pages.mailbox.is_on(settings.mode).then(|| format!("{origin}/mailbox"));
    let files: Vec<_> = generated_secrets.iter().map(|path| path.display().to_string()).collect();
    let secret = (!files.is_empty()).then(|| format!("generated and kept in {}", files.join(" and ")));
    let providers: Vec<_> = settings.providers.iter().map(|provider| provider.name.as_str()).collect();
    let providers = (!providers.is_empty()).then(|| providers.join(", "));
    let version = env!("CARGO_PKG_VERSION");
    if log.is_json() {
        let (api, link_page) = (urls.join(" "), page);
        tracing::info!(version, app, api, database, mails, mailbox, providers, link_page, secret, "Countersign serves");
        for finding in told_at_start(settings) {
            tracing::warn!("{finding}");
        }
        return;
    }
    let mut text = format!("Countersign {version} serves.");
    let lines = [
        ("app", app),
        ("API", (!urls.is_empty()).then(|| urls.join(" "))),
        ("database", Some(database)),
        ("mails", Some(mails)),
        ("mailbox", mailbox),
        ("providers", providers),
        ("link page", page),
        ("secret", secret),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            let _ = write!(text, "\n  {name:10} {value}");
        }
    }
    for finding in told_at_start(settings) {
        let _ = write!(text, "\n  {:10} {finding}", "note");
    }
    if settings.mode == Mode::Development {
        text.extend(how_to_register(settings, &urls));
        text.push_str("\nThis is development mode. `countersign check --deploy` tells what production needs.");
    }
    log.print(&text);
}

/// Returns what cannot be used as it is set up. What else is risky in production, `check --deploy` reports.
fn told_at_start(settings: &Settings) -> Vec<Finding> {
    settings.findings().into_iter().filter(|finding| finding.shows_in_development).collect()
}

/// Returns the page that the link of a registration opens.
fn link_page(settings: &Settings) -> Option<String> {
    if settings.contracts.uses_site_pages() {
        return settings.registration.frontend_url.as_ref().map(ToString::to_string);
    }
    let contracts = &settings.contracts;
    let pages = match (contracts.djoser.enabled, contracts.dj_rest_auth.enabled) {
        (true, _) => &contracts.djoser.activation_url,
        (false, true) => &contracts.dj_rest_auth.account_confirm_email_url,
        (false, false) => &contracts.django_rest_auth.account_confirm_email_url,
    };
    pages.as_ref().map(|pages| pages.registration.to_string())
}

/// Returns the URLs of each contract. In development 127.0.0.1 and ::1 are written as `localhost`, the host of the
/// frontends' pages: a browser treats `127.0.0.1` and `localhost` as two sites, and does not send the cookies of one
/// to the other.
fn urls(settings: &Settings, addresses: &[SocketAddr]) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    let contracts = settings.contracts.enabled();
    for (address, base_path) in contracts.flat_map(|(_, path)| addresses.iter().map(move |address| (address, path))) {
        let url = match settings.mode {
            Mode::Development => format!("{}{base_path}", origin_on_this_machine(*address)),
            Mode::Production => format!("http://{address}{base_path}"),
        };
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

fn destination(settings: &Settings) -> String {
    match settings.mail.transport {
        MailTransport::Directory => format!("land in {}/ and are not sent", settings.mail.directory.display()),
        MailTransport::Console => "are printed here and not sent".to_owned(),
        MailTransport::Custom => "are sent by the program".to_owned(),
        MailTransport::Smtp => {
            let host = settings.mail.smtp.host.as_deref().unwrap_or("");
            format!("are sent through {host}:{}", settings.mail.smtp.port)
        }
    }
}
