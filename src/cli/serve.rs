//! `countersign serve`: the first lines an operator sees, and the last.

use std::fmt::Write as _;
use std::io::IsTerminal;

use super::Failure;
use crate::app::{self, Started};
use crate::settings::{LogFormat, LogSettings, MailTransport, Mode, Settings};

pub(super) fn run(settings: Settings) -> Result<(), Failure> {
    start_log(&settings.log);
    app::serve(settings, |started| eprintln!("{}", welcome(started)))?;
    Ok(())
}

/// What the web server says of itself when it starts; ours says it better. A level in the settings goes before.
const QUIET: &str = "actix_server=warn";

fn start_log(log: &LogSettings) {
    let filter = tracing_subscriber::EnvFilter::try_new(format!("{QUIET},{}", log.level))
        .expect("the settings accept no other filters");
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A file or a log collector wants no colours.
    let subscriber = subscriber.with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => subscriber.with_target(false).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}

/// Tells where everything is; in development also how to begin.
fn welcome(started: &Started<'_>) -> String {
    let Started { settings, addresses, generated_secret } = started;
    let mut text = String::new();
    let bound: Vec<_> =
        addresses.iter().map(|address| format!("http://{address}{}", settings.server.base_path)).collect();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:10} {value}");
    };
    line("API", &bound.join(" "));
    line("database", &settings.database.url.to_string());
    line("mails", &destination(settings));
    if let Some(page) = &settings.registration.frontend_url {
        line("link page", page.as_str());
    }
    if let Some(path) = generated_secret {
        line("secret", &format!("generated and kept in {}", path.display()));
    }
    if settings.mode == Mode::Development {
        let _ = write!(
            text,
            "Register somebody:\n  curl {}register/ -H 'Content-Type: application/json' \\\n    \
             -d '{{\"username\": \"ann\", \"email\": \"ann@example.org\", \"password\": \"Kettle-Harbor-42\", \
             \"password_confirm\": \"Kettle-Harbor-42\"}}'\n\
             This is development mode. `countersign check --deploy` tells what production needs.",
            bound.first().map_or("", String::as_str),
        );
    }
    format!("Countersign {} serves.\n{}", env!("CARGO_PKG_VERSION"), text.trim_end())
}

fn destination(settings: &Settings) -> String {
    match settings.mail.transport {
        MailTransport::Directory => format!("land in {}/ and are not sent", settings.mail.directory.display()),
        MailTransport::Console => "are printed here and not sent".to_owned(),
        MailTransport::Smtp => {
            let host = settings.mail.smtp.host.as_deref().unwrap_or("");
            format!("are sent through {host}:{}", settings.mail.smtp.port)
        }
    }
}
