//! `countersign check`: tells whether the program would start, and with `--deploy` what is risky in production.

use super::Failure;
use crate::app::{self, StartError};
use crate::settings::{Mode, Settings};
use crate::store::MigrationState;

pub(super) async fn run(settings: Settings, deploy: bool) -> Result<(), Failure> {
    let mut report = Report::default();
    say!("settings    read, no errors");
    database(&settings, &mut report).await?;
    mail(&settings, &mut report).await?;
    if settings.links.secrets.is_empty() && settings.mode == Mode::Development {
        say!("links       no secret yet; one is generated at the first start");
    }
    if deploy {
        for risk in settings.risks() {
            report.found(risk.key, &risk.message)?;
        }
    }
    report.conclude()
}

async fn database(settings: &Settings, report: &mut Report) -> Result<(), Failure> {
    let state = match app::open_store(settings).await {
        Ok(store) => store.migration_state().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match state {
        Ok(MigrationState::Complete) => say!("database    answers, its tables are up to date"),
        Ok(MigrationState::Pending(pending)) if settings.database.migrate_at_start => {
            say!("database    answers; the next start runs migrations: {}", pending.join(", "));
        }
        Ok(MigrationState::Pending(pending)) => {
            let message = format!("migrations wait for `countersign migrate`: {}", pending.join(", "));
            report.found("database.migrate_at_start", &message)?;
        }
        Ok(MigrationState::TooNew(versions)) => {
            let message =
                format!("it has migrations this program does not know ({}); use a newer program", versions.join(", "));
            report.found("database.url", &message)?;
        }
        Ok(MigrationState::HalfCopied) => report.found("database.url", &StartError::HalfCopied.to_string())?,
        Err(error) => report.found("database.url", &error)?,
    }
    Ok(())
}

async fn mail(settings: &Settings, report: &mut Report) -> Result<(), Failure> {
    match app::open_dispatcher(settings) {
        Err(error) => report.found("mail", &error.to_string())?,
        Ok(dispatcher) => match dispatcher.check().await {
            Ok(()) => say!("mail        goes to {}", dispatcher.destination()),
            Err(error) => {
                let message = format!("mails cannot go to {}: {error}", dispatcher.destination());
                report.found("mail.transport", &message)?;
            }
        },
    }
    Ok(())
}

/// What was found, told as it is found.
#[derive(Default)]
struct Report {
    found: usize,
}

impl Report {
    fn found(&mut self, key: &str, message: &str) -> Result<(), Failure> {
        self.found += 1;
        say!("FOUND       `{key}`: {message}");
        Ok(())
    }

    fn conclude(self) -> Result<(), Failure> {
        match self.found {
            0 => {
                say!("Nothing to complain about.");
                Ok(())
            }
            1 => Err(Failure::new("the check found 1 thing, named above")),
            count => Err(Failure::new(format!("the check found {count} things, named above"))),
        }
    }
}
