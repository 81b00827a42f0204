//! `countersign check`: tells whether the program would start, and with `--deploy` what is risky in production.

use super::Failure;
use crate::app;
use crate::settings::{Mode, Settings};
use crate::store::MigrationState;

pub(super) async fn run(settings: Settings, deploy: bool) -> Result<(), Failure> {
    let mut report = Report::default();
    println!("settings    read, no errors");
    database(&settings, &mut report).await;
    mail(&settings, &mut report).await;
    if settings.links.secrets.is_empty() && settings.mode == Mode::Development {
        println!("links       no secret yet; one is generated at the first start");
    }
    if deploy {
        for risk in settings.risks() {
            report.found(risk.key, &risk.message);
        }
    }
    report.conclude()
}

async fn database(settings: &Settings, report: &mut Report) {
    let state = match app::open_store(settings).await {
        Ok(store) => store.migration_state().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match state {
        Ok(MigrationState::Complete) => println!("database    answers, its tables are up to date"),
        Ok(MigrationState::Pending(pending)) if settings.database.migrate_at_start => {
            println!("database    answers; {} migrations are run at the next start", pending.len());
        }
        Ok(MigrationState::Pending(pending)) => {
            let message = format!("{} migrations have not been run; run `countersign migrate`", pending.len());
            report.found("database.migrate_at_start", &message);
        }
        Ok(MigrationState::TooNew(versions)) => {
            let message =
                format!("it has migrations this program does not know ({}); use a newer program", versions.join(", "));
            report.found("database.url", &message);
        }
        Err(error) => report.found("database.url", &error),
    }
}

async fn mail(settings: &Settings, report: &mut Report) {
    match app::open_dispatcher(settings) {
        Err(error) => report.found("mail", &error.to_string()),
        Ok(dispatcher) => match dispatcher.check().await {
            Ok(()) => println!("mail        goes to {}", dispatcher.destination()),
            Err(error) => report.found("mail.transport", &error.to_string()),
        },
    }
}

/// What was found, told as it is found.
#[derive(Default)]
struct Report {
    found: usize,
}

impl Report {
    fn found(&mut self, key: &str, message: &str) {
        self.found += 1;
        println!("FOUND       `{key}`: {message}");
    }

    fn conclude(self) -> Result<(), Failure> {
        match self.found {
            0 => {
                println!("Nothing to complain about.");
                Ok(())
            }
            1 => Err(Failure::new("the check found 1 thing, named above")),
            count => Err(Failure::new(format!("the check found {count} things, named above"))),
        }
    }
}
