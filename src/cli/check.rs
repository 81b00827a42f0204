//! `countersign check`: reports whether the program would start, and with `--deploy` what is risky in production.
//! Changes nothing on the disk.

mod moving;

use super::failure::{Failure, say};
use super::terminal::printable;
use crate::app::database::{self, MigrationState, ProfileSample, StoreError};
use crate::app::{self, StartError, identity_providers};
use crate::clock::Clock;
use crate::settings::{JwtAlgorithm, Mode, Settings, Severity};

/// The users whose values are compared with the declared fields: the first 5000 and the last 5000.
pub(super) const SAMPLE: ProfileSample = ProfileSample::Ends(5_000);

pub(super) async fn run(settings: Settings, deploy: bool, sample: ProfileSample) -> Result<(), Failure> {
    let mut report = Report::new(&settings);
    let findings = settings.findings();
    let stops_the_start = settings.mode == Mode::Production;
    if !stops_the_start || findings.iter().all(|finding| finding.severity != Severity::Error) {
        say!("settings    read, no errors");
    }
    tables(&settings, deploy, sample, &mut report).await?;
    mail(&settings, &mut report).await?;
    providers(&settings, deploy, &mut report).await?;
    if settings.links.secrets.is_empty() && settings.mode == Mode::Development {
        say!("links       no secret yet; one is generated at the first start");
    }
    if settings.contracts.serve_jwt() && settings.mode == Mode::Development {
        let jwt = &settings.jwt;
        if jwt.algorithm == JwtAlgorithm::EdDsa && jwt.private_keys.is_empty() {
            say!("jwt         no private key yet; one is generated at the first start");
        } else if jwt.algorithm != JwtAlgorithm::EdDsa && jwt.secrets.is_empty() {
            say!("jwt         no secret yet; one is generated at the first start");
        }
    }
    for finding in &findings {
        let is_told = deploy || finding.shows_in_development;
        if is_told || (stops_the_start && finding.severity == Severity::Error) {
            report.found(finding.severity, finding.key, &finding.message)?;
        }
    }
    if deploy && app::runs_as_root() {
        // Not counted as a finding: root often runs the check for a server that runs as another user.
        say!(
            "NOTE        this check runs as root, who may read and write every file; where the server runs as root too,"
        );
        say!(
            "            whoever breaks into it has the machine: give it a user of its own, and run the check as that one"
        );
    }
    report.conclude()
}

async fn tables(
    settings: &Settings,
    deploy: bool,
    sample: ProfileSample,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    match database::inspect(settings).await {
        Ok(MigrationState::Complete) => {
            say!("database    answers, its tables are up to date");
            profiles(settings, sample, report).await?;
            imports(settings, report).await?;
            provider_accounts(settings, report).await?;
            moved(settings, deploy, report).await?;
        }
        Ok(MigrationState::Pending(pending)) if settings.database.migrate_at_start => {
            say!("database    answers; the next start runs migrations: {}", pending.join(", "));
        }
        Ok(MigrationState::Pending(pending)) => {
            let message = format!("migrations wait for `countersign migrate`: {}", pending.join(", "));
            report.fault("database.migrate_at_start", &message)?;
        }
        Ok(MigrationState::TooNew(versions)) => {
            let message =
                format!("it has migrations this program does not know ({}); use a newer program", versions.join(", "));
            report.fault(settings.database.url_key(), &message)?;
        }
        Ok(MigrationState::HalfCopied) => {
            report.fault(settings.database.url_key(), &StartError::HalfCopied.to_string())?
        }
        Err(error @ StoreError::NoDatabase(_)) if !settings.database.migrate_at_start => {
            report.fault("database.migrate_at_start", &error.to_string())?;
        }
        Err(StoreError::NoDatabase(_)) if settings.mode == Mode::Development => {
            say!("database    there is none at {} yet; the first start makes it", settings.database.url);
        }
        // The start would create an empty database, which is right only the first time.
        Err(error @ StoreError::NoDatabase(_)) => {
            report.found(Severity::Risk, settings.database.url_key(), &error.to_string())?;
        }
        Err(error) => report.fault(settings.database.url_key(), &error.to_string())?,
    }
    Ok(())
}

/// Reports stored values that do not fit the declared fields. They are shown as they are, so they are no faults.
async fn profiles(settings: &Settings, sample: ProfileSample, report: &mut Report<'_>) -> Result<(), Failure> {
    let found = match database::inspect_profiles(settings, sample).await {
        Ok(found) => found,
        Err(error) => return report.fault(settings.database.url_key(), &error.to_string()),
    };
    let looked_at = match (sample, found.users) {
        (ProfileSample::All, users) => format!("of {users} users"),
        (ProfileSample::Ends(_), users) => {
            format!("of {users} users looked at; --all-profiles looks at all")
        }
    };
    for (name, users) in &found.unfit {
        say!("NOTE        `profile_fields.{name}`: {} a value that does not fit,", have(*users));
        say!("            which is shown as it is ({looked_at})");
    }
    for (name, users) in &found.undeclared {
        say!("NOTE        {} a value of `{name}`, which is not declared ({looked_at});", have(*users));
        say!("            `countersign users purge-field {name}` deletes the values");
    }
    if found.unreadable > 0 {
        say!("NOTE        {} a profile that is not a JSON object, of which", have(found.unreadable));
        say!("            nothing is shown ({looked_at}): repair the column `profile` of the table `users`");
    }
    Ok(())
}

/// Reports imports that were cut off.
async fn imports(settings: &Settings, report: &mut Report<'_>) -> Result<(), Failure> {
    match database::find_unfinished_imports(settings).await {
        Ok(unfinished) => {
            for began_at in unfinished {
                say!("NOTE        an import of users that began at {began_at} is not finished, and some are missing:");
                say!("            run the same `countersign users import` again");
            }
            Ok(())
        }
        Err(error) => report.fault(settings.database.url_key(), &error.to_string()),
    }
}

fn have(users: u64) -> String {
    if users == 1 { "1 user has".to_owned() } else { format!("{users} users have") }
}

async fn mail(settings: &Settings, report: &mut Report<'_>) -> Result<(), Failure> {
    match app::open_dispatcher(settings) {
        Err(error) => report.fault("mail", &error.to_string())?,
        Ok(dispatcher) => match dispatcher.check().await {
            Ok(()) => say!("mail        goes to {}", dispatcher.destination()),
            Err(error) => {
                let message = format!("mails cannot go to {}: {error}", dispatcher.destination());
                report.fault("mail.transport", &message)?;
            }
        },
    }
    Ok(())
}

/// Reports stored accounts of providers that the settings do not name.
async fn provider_accounts(settings: &Settings, report: &mut Report<'_>) -> Result<(), Failure> {
    let stranded = match database::count_stranded_accounts(settings).await {
        Ok(stranded) => stranded,
        Err(error) => return report.fault(settings.database.url_key(), &error.to_string()),
    };
    for (name, count) in stranded {
        let (are, them) = if count == 1 { ("account is", "it") } else { ("accounts are", "them") };
        say!(
            "NOTE        {count} stored {are} of the provider {:?}, which [[providers]] does not name:",
            printable(&name)
        );
        say!("            nobody can log in by {them}");
    }
    Ok(())
}

/// Names the links and tokens of other systems that are accepted, and until when. With `deploy`, those of which the last
/// has ended are a risk.
async fn moved(settings: &Settings, deploy: bool, report: &mut Report<'_>) -> Result<(), Failure> {
    let accepted = moving::accepted(settings);
    if accepted.is_empty() {
        return Ok(());
    }
    let newest_move = match database::newest_move(settings).await {
        Ok(Some(newest_move)) => newest_move,
        Ok(None) => {
            let names: Vec<_> = accepted.iter().map(|row| row.what).collect();
            say!("moving      no user has been imported yet, so these are not accepted yet: {}", names.join(", "));
            return Ok(());
        }
        Err(error) => return report.fault(settings.database.url_key(), &error.to_string()),
    };
    let now = Clock::System.now();
    for row in accepted {
        let ends_at = row.ends_at(newest_move);
        if now <= ends_at {
            say!("moving      {} are accepted; the last end at {ends_at}", row.what);
            continue;
        }
        say!("moving      {} are accepted, but the last have ended at {ends_at}", row.what);
        if deploy {
            let message = format!(
                "the last {} have ended; remove the section: anyone who has the old secret can make more of them, for \
                 users who have kept their password since the move",
                row.what
            );
            report.found(Severity::Risk, row.key, &message)?;
        }
    }
    Ok(())
}

/// Names the identity providers. With `asks` each of them is asked, within its `timeout_seconds`.
async fn providers(settings: &Settings, asks: bool, report: &mut Report<'_>) -> Result<(), Failure> {
    if settings.providers.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = settings.providers.iter().map(|provider| provider.name.as_str()).collect();
    let names = names.join(", ");
    if !asks {
        say!("providers   {} set: {names}; `countersign providers check` asks them", settings.providers.len());
        return Ok(());
    }
    let checked = match identity_providers::check(settings).await {
        Ok(checked) => checked,
        Err(error) => return report.fault("providers", &error.to_string()),
    };
    say!("providers   {} set and asked: {names}", settings.providers.len());
    for (name, findings) in checked {
        for finding in findings.iter().filter(|finding| finding.is_fault) {
            report.fault("providers", &format!("{name}: {}", printable(&finding.message)))?;
        }
    }
    Ok(())
}

/// The findings, printed as they are found.
struct Report<'a> {
    settings: &'a Settings,
    errors: usize,
    risks: usize,
}

impl<'a> Report<'a> {
    fn new(settings: &'a Settings) -> Self {
        Self { settings, errors: 0, risks: 0 }
    }

    /// Prints an error, with which production does not start or sends no mails.
    fn fault(&mut self, key: &str, message: &str) -> Result<(), Failure> {
        self.found(Severity::Error, key, message)
    }

    /// Prints a finding with its key, its value and where the value comes from.
    fn found(&mut self, severity: Severity, key: &str, message: &str) -> Result<(), Failure> {
        let label = match severity {
            Severity::Error => "ERROR",
            Severity::Risk => "RISK",
        };
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Risk => &mut self.risks,
        } += 1;
        let mut lines = message.lines();
        let first = lines.next().unwrap_or_default();
        match self.settings.entries().iter().find(|entry| entry.key == key) {
            Some(entry) => say!("{label:12}{entry}: {first}"),
            None => say!("{label:12}`{key}`: {first}"),
        }
        for line in lines {
            say!("{:12}{line}", "");
        }
        Ok(())
    }

    fn conclude(self) -> Result<(), Failure> {
        let count = |number: usize, what: &str| match number {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{number} {what}s")),
        };
        let counts: Vec<_> = [count(self.errors, "error"), count(self.risks, "risk")].into_iter().flatten().collect();
        if counts.is_empty() {
            say!("Nothing to complain about.");
            return Ok(());
        }
        let meaning = match self.errors {
            0 => "",
            _ => "; with an error, production does not start, or sends no mails",
        };
        Err(Failure::new(format!("the check found {}, named above{meaning}", counts.join(" and "))))
    }
}
