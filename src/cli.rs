//! The command line: the operator's commands, and their error messages.
//!
//! Output that was asked for goes to standard output, everything else to standard error. Exit codes: 0 done; 1 not
//! done, or a check found something; 2 the command line or the settings are wrong. A closed standard output ends a list,
//! and changes nothing about other commands.

mod check;
mod completions;
mod consent;
mod database;
mod failure;
mod first_request;
mod health;
mod json;
mod mail;
mod manual;
mod migrate;
mod openapi;
mod progress;
mod providers;
mod secret;
mod serve;
mod settings;
mod terminal;
mod users;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::app::database::ProfileSample;
use crate::settings::{SETTINGS_VARIABLE, Settings, VARIABLE_PREFIX};
use failure::Failure;

/// Registers people for single-page apps and proves that their e-mail address is theirs.
///
/// Without a command it serves. On a fresh directory it makes everything it needs under var/: a database, the secret
/// that signs links, and a directory where mails land instead of being sent.
#[derive(Parser, Debug)]
#[command(name = "countersign", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Every setting is explained in settings.toml, which is also compiled in as the defaults: \
    `countersign settings --defaults` prints it. A file given with --settings overrides it; COUNTERSIGN__SECTION__KEY \
    in the environment overrides both.\n\
    Exit codes: 0 done; 1 not done, or a check found something; 2 command line or settings are wrong.")]
struct Arguments {
    /// TOML file whose settings override the built-in ones [or name it in COUNTERSIGN_SETTINGS].
    #[arg(long, short, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Answer requests and send mails until told to stop (the default).
    ///
    /// SIGTERM and SIGHUP let load balancers notice, for `server.drain_seconds`, and then requests in flight and the
    /// mail being sent finish, at most `server.shutdown_timeout_seconds`. SIGINT and SIGQUIT cut requests off, and
    /// while the server stops, also the mail being sent. SIGUSR1, SIGUSR2 and SIGALRM change nothing.
    Serve,
    /// Bring the database's tables to this program's version.
    ///
    /// Safe to run from several machines at once, and while an older program serves.
    Migrate,
    /// Tell whether the program would start, and why not; and what cannot be used as it is set up.
    ///
    /// Reads the settings, compares the database's tables, loads the templates, and connects to the mail server.
    /// Changes nothing.
    Check {
        /// Also report what is risky in production.
        #[arg(long)]
        deploy: bool,
        /// Compare the values of all users with the declared profile fields, not only those of 10000 users.
        #[arg(long)]
        all_profiles: bool,
    },
    /// Ask the running server whether it is alive, or ready: exit code 0 if it is, 1 if not.
    Health(health::Options),
    /// Print the settings in force, each with its source. Secrets are hidden.
    Settings {
        /// Print the built-in settings.toml instead, which explains every setting.
        #[arg(long)]
        defaults: bool,
    },
    /// Print the description of the HTTP API (OpenAPI 3.1) for the settings in force.
    ///
    /// It has every contract that is on, with the declared fields and without what is switched off. Starts nothing and
    /// changes nothing.
    Openapi,
    /// Back the database up, or copy it into another one.
    #[command(subcommand)]
    Database(database::Command),
    /// Send a test mail, list waiting mails, and retry parked ones.
    #[command(subcommand)]
    Mail(mail::Command),
    /// List, show and change users.
    #[command(subcommand)]
    Users(users::Command),
    /// Ask identity providers whether the settings fit.
    #[command(subcommand)]
    Providers(providers::Command),
    /// Generate secrets.
    #[command(subcommand)]
    Secret(secret::Command),
    /// Print a script by which a shell completes this program's commands and options.
    ///
    /// For bash, put this into ~/.bashrc: source <(countersign completions bash). Packages install the output as
    /// /usr/share/bash-completion/completions/countersign, or at the like place of another shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page of this program or of one of its commands, for man(1).
    Man(manual::Options),
}

/// Runs the program with these arguments (the first is its name) and this environment.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap returns help and version as errors too; they go to standard output. Other errors quote what was
            // typed. A failure to print is ignored: it could not be printed either.
            let _ = if error.use_stderr() { terminal::print_error(&error.render().to_string()) } else { error.print() };
            return ExitCode::from(u8::from(error.use_stderr()) * 2);
        }
    };
    match execute(arguments, environment) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn execute(arguments: Arguments, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Result<(), Failure> {
    let command = arguments.command.unwrap_or(Command::Serve);
    // Commands that need no settings work while the settings are wrong.
    match &command {
        Command::Secret(command) => return secret::run(command),
        Command::Completions { shell } => return completions::print(Arguments::command(), *shell),
        Command::Man(options) => return manual::run(Arguments::command(), options),
        Command::Settings { defaults: true } => return settings::print_defaults(),
        Command::Mail(mail::Command::Templates { directory, replace }) => {
            return mail::write_templates(directory, *replace);
        }
        _ => {}
    }
    let environment: Vec<(OsString, OsString)> = environment.into_iter().collect();
    let file = arguments.settings.or_else(|| settings_file_of(&environment));
    let environment = unicode(environment)?;
    // `check`, `settings` and `openapi` show what production refuses, so they are not refused for it. If the settings cannot be
    // read at all, what production refuses is reported together with the other faults.
    let is_review = matches!(command, Command::Check { .. } | Command::Settings { .. } | Command::Openapi);
    let review = || Settings::load_for_review(file.as_deref(), environment.clone());
    let settings = match is_review.then(review) {
        Some(Ok(settings)) => settings,
        Some(Err(_)) | None => match Settings::load(file.as_deref(), environment.clone()) {
            Err(errors) if matches!(command, Command::Serve) => return Err(serve::refuse(errors)),
            loaded => loaded?,
        },
    };
    match command {
        Command::Serve => serve::run(settings),
        Command::Migrate => block_on(migrate::run(settings)),
        Command::Check { deploy, all_profiles } => {
            let sample = if all_profiles { ProfileSample::All } else { check::SAMPLE };
            block_on(check::run(settings, deploy, sample))
        }
        Command::Health(options) => health::run(&settings, &options),
        Command::Settings { .. } => settings::run(&settings),
        Command::Openapi => openapi::run(settings),
        Command::Database(command) => database::run(&settings, command),
        Command::Mail(command) => block_on(mail::run(settings, command)),
        Command::Users(command) => block_on(users::run(settings, command)),
        Command::Providers(command) => block_on(providers::run(&settings, command)),
        Command::Secret(_) | Command::Completions { .. } | Command::Man(_) => {
            unreachable!("these commands need no settings and ran above")
        }
    }
}

/// Runs a command's future on a small runtime of its own.
fn block_on(command: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command)
}

/// Returns the file that the environment names. An empty variable names none, as everywhere in the settings.
fn settings_file_of(environment: &[(OsString, OsString)]) -> Option<PathBuf> {
    let (_, path) = environment.iter().find(|(name, path)| name == SETTINGS_VARIABLE && !path.is_empty())?;
    Some(PathBuf::from(path))
}

/// Returns the variables as text, without those that are not Unicode. One of these that names a setting is an error.
fn unicode(environment: Vec<(OsString, OsString)>) -> Result<Vec<(String, String)>, Failure> {
    let mut variables = Vec::new();
    for (name, value) in environment {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => variables.push((name, value)),
            (Ok(name), Err(_)) if name.starts_with(VARIABLE_PREFIX) => {
                return Err(Failure::misused(format!(
                    "environment variable {name} is not UTF-8; write its value in UTF-8, or set it in the settings file"
                )));
            }
            _ => {}
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_file_is_found_in_the_environment_that_was_handed_in() {
        let environment = |path: &str| vec![("PATH".into(), "/bin".into()), (SETTINGS_VARIABLE.into(), path.into())];
        assert_eq!(settings_file_of(&environment("/etc/a.toml")), Some(PathBuf::from("/etc/a.toml")));
        assert_eq!(settings_file_of(&environment("")), None);
        assert_eq!(settings_file_of(&[]), None);
    }
}
