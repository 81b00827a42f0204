//! `countersign mail`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::consent::{self, Consent};
use super::failure::{Failure, say};
use super::json;
use super::terminal::printable;
use crate::app::database;
use crate::app::database::OutboxEntry;
use crate::app::{self, ExistingTemplates, ExportTemplatesError};
use crate::clock::Clock;
use crate::identity::EmailAddress;
use crate::settings::Settings;

/// Mails that `queue` prints by default.
const PAGE: u32 = 100;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Write the built-in templates of all mails into DIR, where you can change them.
    ///
    /// If existing files differ, they are kept and nothing is written.
    Templates {
        /// The directory. It is created if missing.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
        /// Overwrite existing files.
        #[arg(long)]
        replace: bool,
    },
    /// Send a mail to ADDRESS now, without the outbox, and report whether it was taken.
    Test {
        /// The recipient.
        address: String,
    },
    /// Show the mails that wait and those that are parked, and why.
    #[command(visible_alias = "list")]
    Queue {
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// Print each mail as a JSON object on a line of its own.
        #[arg(long)]
        json: bool,
    },
    /// Make parked mails due now; the serving process sends them.
    Retry {
        /// Only this mail, parked or waiting. A mail that is being sent at this moment may then arrive twice.
        id: Option<String>,
    },
    /// Delete a parked or waiting mail for good; the user has to ask for another.
    ///
    /// A mail that is being sent at this moment may arrive all the same.
    Delete {
        /// The mail's id, which `countersign mail queue` prints first in its line.
        id: String,
        /// Do not ask. Without a terminal nothing is asked.
        #[arg(long)]
        yes: bool,
    },
}

/// Writes the built-in templates. This needs no settings.
pub(super) fn write_templates(directory: &Path, replace: bool) -> Result<(), Failure> {
    let existing = if replace { ExistingTemplates::Replace } else { ExistingTemplates::Keep };
    let written = app::export_templates(directory, existing).map_err(|error| {
        let remedy = match &error {
            ExportTemplatesError::Exists(_) => "nothing was written; name another directory, or say `--replace`",
            ExportTemplatesError::File { .. } => "see that the directory can be made and written",
        };
        Failure::new(format!("{error}; {remedy}"))
    })?;
    let shown = directory.display();
    match written {
        0 => say!("All templates are in {shown} already."),
        _ => say!("Wrote {written} templates into {shown}."),
    }
    say!(
        "Set `mail.templates_directory` to it, and delete those that you do not change: the built-in ones take their place."
    );
    Ok(())
}

pub(super) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let now = Clock::System.now();
    match command {
        Command::Templates { directory, replace } => write_templates(&directory, replace)?,
        Command::Test { address } => {
            let to = EmailAddress::parse(&address).map_err(|_| {
                Failure::misused(format!("{} is no e-mail address; give one like ann@example.org", printable(&address)))
            })?;
            let dispatcher = app::open_dispatcher(&settings).map_err(Failure::new)?;
            // The check waits some seconds for each step; sending waits as long as RFC 5321 asks.
            dispatcher.check().await.map_err(|error| not_taken(&error, dispatcher.destination()))?;
            let sent = dispatcher.send_test(&to, now).await;
            sent.map_err(|error| not_taken(&error, dispatcher.destination()))?;
            say!("The mail was taken. It went to {}.", dispatcher.destination());
        }
        Command::Queue { limit, json: true } => {
            let mails = database::open_mail_queue(&settings).await?.list(limit).await?;
            mails.iter().try_for_each(|mail| json::print(&MailObject::from(mail)))?;
        }
        Command::Queue { limit, json: false } => {
            let mails = database::open_mail_queue(&settings).await?.list(limit).await?;
            if mails.is_empty() {
                say!("No mail waits.");
            }
            for mail in mails {
                let standing = match mail.parked_at {
                    Some(at) => format!("parked since {at}"),
                    None => format!("due {}", mail.due_at),
                };
                let user = printable(mail.user_id.as_ref().map_or("-", |id| id.as_str()));
                let error = printable(mail.last_error.as_deref().unwrap_or("-"));
                say!("{}  {:20}  user {user}  {standing}  tried {}  {error}", mail.id, mail.mail, mail.attempts);
            }
        }
        Command::Retry { id } => {
            let queue = database::open_mail_queue(&settings).await?;
            let due = match &id {
                Some(id) if !queue.retry(id).await? => return Err(no_such_mail(id)),
                Some(_) => 1,
                None => queue.retry_parked().await?,
            };
            match due {
                0 => say!("No mail is parked."),
                1 => say!("1 mail is due now."),
                count => say!("{count} mails are due now."),
            }
        }
        Command::Delete { id, yes } => {
            let queue = database::open_mail_queue(&settings).await?;
            let mail = queue.find(&id).await?.ok_or_else(|| no_such_mail(&id))?;
            let user = printable(mail.user_id.as_ref().map_or("-", |id| id.as_str()));
            let named = format!("{} ({}, user {user})", printable(&mail.id), printable(&mail.mail));
            consent::ask_at_terminals(Consent::from(yes), &format!("Delete mail {named} for good?"))?;
            if queue.delete(&id).await?.is_none() {
                return Err(Failure::new(format!("mail {named} is gone: it was sent, or dropped, meanwhile")));
            }
            say!("Mail {named} is deleted.");
        }
    }
    Ok(())
}

fn not_taken(error: &dyn std::error::Error, destination: &str) -> Failure {
    Failure::new(format!("the mail was not taken: {error}; it was to go to {destination}; see [mail] in the settings"))
}

fn no_such_mail(id: &str) -> Failure {
    Failure::new(format!("no mail has the id {}; see `countersign mail queue`", printable(id)))
}

/// A mail as `--json` prints it. Released names of fields never change; docs/command-line.md lists them.
#[derive(Debug, Serialize)]
struct MailObject<'a> {
    id: &'a str,
    kind: &'a str,
    user_id: Option<&'a str>,
    state: &'static str,
    created_at: String,
    due_at: Option<String>,
    parked_at: Option<String>,
    attempts: i32,
    last_error: Option<&'a str>,
}

impl<'a> From<&'a OutboxEntry> for MailObject<'a> {
    fn from(mail: &'a OutboxEntry) -> Self {
        Self {
            id: &mail.id,
            kind: &mail.mail,
            user_id: mail.user_id.as_ref().map(|id| id.as_str()),
            state: if mail.parked_at.is_some() { "parked" } else { "waiting" },
            created_at: mail.created_at.to_string(),
            due_at: mail.parked_at.is_none().then(|| mail.due_at.to_string()),
            parked_at: mail.parked_at.map(|at| at.to_string()),
            attempts: mail.attempts,
            last_error: mail.last_error.as_deref(),
        }
    }
}
