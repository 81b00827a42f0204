//! `countersign users`.

mod command;
mod credentials;
mod email;
mod fields;
mod link;
mod moving;
mod naming;
mod objects;
mod showing;

use super::consent::{self, Consent};
use super::failure::{Failure, remark, say};
use super::terminal::printable;
use crate::accounts::{self, Administration, EmailStanding, NoSuchUser, User, VerifyUserError, parse_email};
use crate::app::database;
use crate::identity::{SearchText, UserId};
use crate::settings::Settings;
pub(super) use command::Command;
use naming::{Named, gone, the_user};
use showing::{Form, list, print_sessions, print_whole, search};

pub(super) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    if let Command::Import(arguments) = command {
        return moving::import(settings, arguments).await;
    }
    let administration = database::open_administration(&settings).await?;
    match command {
        Command::Import(_) => {}
        Command::Export(arguments) => moving::export(&administration, &arguments)?,
        Command::Create { username, email, first_name, last_name, fields } => {
            let fields = fields::parse(&settings.profile_fields, &fields)?;
            let names = credentials::Names { username, email, first_name, last_name, fields };
            credentials::create(settings, names).await?;
        }
        Command::SetField { user, name, value, null: _ } => {
            let values = fields::parse_one(&settings.profile_fields, &name, value.as_deref())?;
            let user = the_user(&administration, &user).await?;
            fields::set(&administration, &user, values).await?;
            say!("{name} of {} is set.", Named::from(&again(&administration, user).await?));
        }
        Command::PurgeField { name, dry_run: true, yes: _ } => fields::count(&administration, &name).await?,
        Command::PurgeField { name, dry_run: false, yes } => {
            fields::must_be_undeclared(&settings, &name)?;
            let consent = Consent::from(yes);
            fields::purge(&administration, &name, consent).await?;
        }
        Command::SetPassword { user } => {
            let user = the_user(&administration, &user).await?;
            credentials::set_password(settings, &user).await?;
            say!(
                "The password of {} is set, and all sessions have ended.",
                Named::from(&again(&administration, user).await?)
            );
        }
        Command::SetEmail { user, address, unverified } => {
            let address = parse_email(settings.mode, &address).map_err(credentials::wrong)?;
            let user = the_user(&administration, &user).await?;
            let standing = if unverified { EmailStanding::ToBeProved } else { EmailStanding::Proved };
            email::set(settings, user.clone(), address, standing).await?;
            let user = again(&administration, user).await?;
            match standing {
                EmailStanding::Proved => say!("{} has this address now, as proved.", Named::from(&user)),
                EmailStanding::ToBeProved => {
                    let asked_for = printable(user.pending_email.as_deref().unwrap_or("-"));
                    say!("A link to {asked_for} is on its way to {}.", Named::from(&user));
                }
            }
        }
        Command::Sessions { user, end: true, json: _ } => {
            let user = the_user(&administration, &user).await?;
            let ended = administration.end_sessions(&user.id).await?;
            say!("{ended} sessions of {} ended.", Named::from(&again(&administration, user).await?));
        }
        Command::Sessions { user, end: false, json } => {
            let user = the_user(&administration, &user).await?;
            print_sessions(&administration, &user, Form::from(json)).await?;
        }
        Command::List { after, limit, json } => {
            list(&administration, after.map(UserId::from_stored), limit, Form::from(json)).await?;
        }
        Command::Search { text, after, limit, json } => {
            let text = SearchText::parse(&text.join(" "))
                .ok_or_else(|| Failure::misused("there is nothing to search for; give a part of a name or address"))?;
            search(&administration, &text, after.map(UserId::from_stored), limit, Form::from(json)).await?;
        }
        Command::Show { user, json } => {
            let user = the_user(&administration, &user).await?;
            print_whole(&administration, &user, &settings, Form::from(json)).await?;
        }
        Command::Link { user, contract } => {
            let user = the_user(&administration, &user).await?;
            link::print(settings, &user, contract.as_deref()).await?;
        }
        Command::Disconnect { user, account } => {
            let user = the_user(&administration, &user).await?;
            if !administration.disconnect_provider(&user.id, account).await? {
                return Err(Failure::new(format!(
                    "{} has no such provider account; see `countersign users show id:{}`",
                    Named::from(&user),
                    printable(user.id.as_str())
                )));
            }
            let user = again(&administration, user).await?;
            say!("The provider account of {} is disconnected.", Named::from(&user));
            if !user.has_password() && !has_way_in(&administration, &settings, &user).await? {
                say!("The user has no password and no other way in now: a reset link by mail sets a password,");
                say!("and so does `countersign users set-password id:{}`.", printable(user.id.as_str()));
            }
        }
        Command::Verify { user } => {
            let user = the_user(&administration, &user).await?;
            match administration.verify_user(&user.id).await {
                Ok(()) => say!("{} is verified.", Named::from(&again(&administration, user).await?)),
                Err(accounts::Failure::Refused(fact)) => not_verified(&user, fact)?,
                Err(accounts::Failure::Service(error)) => return Err(error.into()),
            }
        }
        Command::Disable { user } => {
            let user = the_user(&administration, &user).await?;
            found(administration.disable_user(&user.id).await, &user)?;
            say!("{} is disabled.", Named::from(&again(&administration, user).await?));
        }
        Command::Enable { user } => {
            let user = the_user(&administration, &user).await?;
            found(administration.enable_user(&user.id).await, &user)?;
            let user = again(&administration, user).await?;
            say!("{} is enabled.", Named::from(&user));
            let kept_for = settings.users.unverified_kept_for(&settings.login);
            if let Some(at) = kept_for.and_then(|kept_for| user.purged_at(kept_for)) {
                remark(format_args!(
                    "The user is not verified, and is deleted after {at} (`users.purge_unverified_after_seconds`); \
                     `countersign users verify id:{}` verifies.",
                    printable(user.id.as_str())
                ));
            }
        }
        Command::MakeStaff { user } => {
            let user = the_user(&administration, &user).await?;
            found(administration.make_staff(&user.id).await, &user)?;
            say!("{} is staff.", Named::from(&again(&administration, user).await?));
        }
        Command::DismissStaff { user } => {
            let user = the_user(&administration, &user).await?;
            found(administration.dismiss_staff(&user.id).await, &user)?;
            say!("{} is staff no longer.", Named::from(&again(&administration, user).await?));
        }
        Command::Delete { user, yes } => {
            let user = the_user(&administration, &user).await?;
            consent::ask_at_terminals(Consent::from(yes), &format!("Delete {} for good?", Named::from(&user)))?;
            found(administration.delete_user(&user.id).await, &user)?;
            say!("{} is deleted.", Named::from(&user));
        }
    }
    Ok(())
}

/// Returns the changed user as stored now: the user may have chosen another name since the look-up.
async fn again(administration: &Administration, user: User) -> Result<User, Failure> {
    administration.find_user(&user.id).await?.ok_or_else(|| gone(&user))
}

fn found(changed: Result<(), accounts::Failure<NoSuchUser>>, user: &User) -> Result<(), Failure> {
    changed.map_err(|error| match error {
        accounts::Failure::Refused(NoSuchUser) => gone(user),
        accounts::Failure::Service(error) => error.into(),
    })
}

fn not_verified(user: &User, fact: VerifyUserError) -> Result<(), Failure> {
    let (named, id) = (Named::from(user), printable(user.id.as_str()));
    Err(match fact {
        VerifyUserError::AlreadyVerified => {
            say!("{named} was verified before.");
            return Ok(());
        }
        VerifyUserError::Disabled => {
            Failure::new(format!("{named} is disabled; run `countersign users enable id:{id}` first"))
        }
        VerifyUserError::EmailTaken => Failure::new(format!(
            "another verified user has the address of {named}; see `countersign users show id:{id}`"
        )),
        VerifyUserError::NoSuchUser => gone(user),
    })
}

/// Returns whether the user can log in by an account of a provider that the settings name.
async fn has_way_in(administration: &Administration, settings: &Settings, user: &User) -> Result<bool, Failure> {
    let accounts = administration.list_provider_accounts(&user.id).await?;
    let is_set = |name: &str| settings.providers.iter().any(|provider| provider.name == name);
    Ok(accounts.iter().any(|account| is_set(&account.provider)))
}
