//! `countersign users`.

mod credentials;
mod email;
mod fields;
mod naming;
mod showing;

use clap::Subcommand;

use super::failure::{Failure, say};
use super::terminal::printable;
use crate::accounts::{self, Administration, EmailStanding, NoSuchUser, User, VerifyUserError};
use crate::app::database;
use crate::identity::UserId;
use crate::settings::Settings;
use naming::{Named, gone, the_user};
use showing::{list, print_whole};

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List users in the order they registered.
    List {
        /// Begin after the user with this id: the last one of the page before.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = showing::PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// Show everything known of a user except the password's hash.
    Show {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Create a verified user. The password is asked for, or read from standard input if that is no terminal.
    Create {
        /// The username; left out where users have none. Where the settings generate usernames, it may be left out.
        #[arg(long)]
        username: Option<String>,
        /// The e-mail address, taken as proved.
        #[arg(long)]
        email: Option<String>,
        /// The first name.
        #[arg(long, default_value = "")]
        first_name: String,
        /// The last name.
        #[arg(long, default_value = "")]
        last_name: String,
        /// The value of a declared profile field; may be given several times.
        #[arg(long = "field", value_name = "NAME=VALUE")]
        fields: Vec<String>,
    },
    /// Set a user's value of a declared profile field, also of one that users cannot change themselves.
    SetField {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The field's name, as in `[[profile_fields]]`.
        name: String,
        /// The value: a text, a number, true or false, a day as YYYY-MM-DD, or one of the choices.
        #[arg(required_unless_present = "null", allow_hyphen_values = true)]
        value: Option<String>,
        /// Set it to null, where that is allowed.
        #[arg(long, conflicts_with = "value")]
        null: bool,
    },
    /// Delete all users' values of a profile field that is not declared any more.
    ///
    /// The values are deleted for good, in small steps beside which the server goes on.
    PurgeField {
        /// The field's name, as it was declared.
        name: String,
        /// Only count the users who have a value.
        #[arg(long)]
        dry_run: bool,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Set a user's password and end all sessions. The password is asked for, or read from standard input if that is
    /// no terminal.
    SetPassword {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Set a user's address and vouch for it, or mail a link to it. A proved old address gets a notice.
    ///
    /// Older links of the account become invalid.
    SetEmail {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The new e-mail address.
        address: String,
        /// Do not vouch for it: mail a link to it that the user must follow. The running server sends the mail.
        #[arg(long)]
        unverified: bool,
    },
    /// List a user's sessions, or end them all.
    Sessions {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// End them all.
        #[arg(long)]
        end: bool,
    },
    /// Disconnect an account at an identity provider from a user, who cannot log in by it any more. Sessions go on.
    Disconnect {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
        /// The id of the provider account, which `users show` prints last in its line.
        account: String,
    },
    /// Vouch for a user's address, as if the link had been used.
    Verify {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Disable a user: the user cannot log in, and no link changes that.
    Disable {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Enable a disabled user again.
    Enable {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Make a user staff.
    ///
    /// A staff member may list, change and delete all users at the contract djoser, and nothing more anywhere else.
    MakeStaff {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Make a user staff no longer.
    ///
    /// From the next request on, the user may do what other users may, and nothing more. The user's sessions go on.
    DismissStaff {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Delete a user for good, with everything that belongs to it.
    Delete {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
}

pub(super) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let administration = database::open_administration(&settings).await?;
    match command {
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
            let consent = if yes { fields::Consent::Given } else { fields::Consent::Asked };
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
            let user = the_user(&administration, &user).await?;
            let standing = if unverified { EmailStanding::ToBeProved } else { EmailStanding::Proved };
            email::set(settings, user.clone(), &address, standing).await?;
            let user = again(&administration, user).await?;
            match standing {
                EmailStanding::Proved => say!("{} has this address now, as proved.", Named::from(&user)),
                EmailStanding::ToBeProved => {
                    let asked_for = printable(user.pending_email.as_deref().unwrap_or("-"));
                    say!("A link to {asked_for} is on its way to {}.", Named::from(&user));
                }
            }
        }
        Command::Sessions { user, end: true } => {
            let user = the_user(&administration, &user).await?;
            let ended = administration.end_sessions(&user.id).await?;
            say!("{ended} sessions of {} ended.", Named::from(&again(&administration, user).await?));
        }
        Command::Sessions { user, end: false } => {
            let user = the_user(&administration, &user).await?;
            let sessions = administration.list_sessions(&user.id).await?;
            say!("{} sessions of {}", sessions.len(), Named::from(&user));
            for session in sessions {
                say!(
                    "{}  {}  last used {}  expires {}  {}",
                    session.id,
                    printable(&session.address),
                    session.last_used_at,
                    session.expires_at,
                    printable(&session.user_agent)
                );
            }
        }
        Command::List { after, limit } => list(&administration, after.map(UserId::from_stored), limit).await?,
        Command::Show { user } => {
            let user = the_user(&administration, &user).await?;
            print_whole(&administration, &user, &settings.profile_fields).await?;
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
            say!("The provider account of {} is disconnected.", Named::from(&again(&administration, user).await?));
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
            say!("{} is enabled.", Named::from(&again(&administration, user).await?));
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
        Command::Delete { user } => {
            let user = the_user(&administration, &user).await?;
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
