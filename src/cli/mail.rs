//! `countersign mail`.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::failure::{Failure, say};
use super::terminal::printable;
use crate::app::database;
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
    Queue {
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// Make parked mails due now; the serving process sends them.
    Retry {
        /// Only this mail, parked or waiting.
        id: Option<String>,
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
                Failure::new(format!("{} is no e-mail address; give one like ann@example.org", printable(&address)))
            })?;
            let dispatcher = app::open_dispatcher(&settings).map_err(Failure::new)?;
            dispatcher.send_test(&to, now).await.map_err(|error| {
                let destination = dispatcher.destination();
                Failure::new(format!(
                    "the mail was not taken: {error}; it was to go to {destination}; see [mail] in the settings"
                ))
            })?;
            say!("The mail was taken. It went to {}.", dispatcher.destination());
        }
        Command::Queue { limit } => {
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
                Some(id) if !queue.retry(id).await? => {
                    return Err(Failure::new(format!(
                        "no mail has the id {}; see `countersign mail queue`",
                        printable(id)
                    )));
                }
                Some(_) => 1,
                None => queue.retry_parked().await?,
            };
            match due {
                0 => say!("No mail is parked."),
                1 => say!("1 mail is due now."),
                count => say!("{count} mails are due now."),
            }
        }
    }
    Ok(())
}
