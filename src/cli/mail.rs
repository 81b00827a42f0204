//! `countersign mail`.

use clap::Subcommand;

use super::terminal::printable;
use super::{Failure, open};
use crate::app;
use crate::clock::Clock;
use crate::identity::EmailAddress;
use crate::settings::Settings;

/// Mails that `queue` prints unless told otherwise.
const PAGE: i64 = 100;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Send a mail to ADDRESS now, past the outbox, and tell what the mail server said.
    Test {
        /// Where to.
        address: String,
    },
    /// Show the mails that wait and those that are parked, and why.
    Queue {
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
        limit: i64,
    },
    /// Make parked mails due now; the serving process sends them.
    Retry {
        /// Only this mail, parked or waiting.
        id: Option<String>,
    },
}

pub(super) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let now = Clock::System.now();
    match command {
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
            let mails = open::store(&settings).await?.list_mails(limit).await?;
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
            let given = id.clone();
            match (open::store(&settings).await?.retry_mails(id, now).await?, given) {
                (0, Some(id)) => {
                    return Err(Failure::new(format!(
                        "no mail has the id {}; see `countersign mail queue`",
                        printable(&id)
                    )));
                }
                (0, None) => say!("No mail is parked."),
                (1, _) => say!("1 mail is due now."),
                (count, _) => say!("{count} mails are due now."),
            }
        }
    }
    Ok(())
}
