//! `countersign users`.

mod credentials;
mod email;
mod naming;

use clap::Subcommand;

use super::failure::{Failure, remark, say};
use super::terminal::printable;
use crate::accounts::{self, Administration, EmailStanding, NoSuchUser, User, VerifyUserError};
use crate::app::database;
use crate::identity::UserId;
use crate::settings::Settings;
use naming::{Named, the_user};

/// Users that `list` prints by default.
const PAGE: u32 = 100;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List users in the order they registered.
    List {
        /// Begin after the user with this id: the last one of the page before.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
    },
    /// Show everything known of a user except the password's hash.
    Show {
        /// Id, username or e-mail address; `id:…`, `username:…` or `email:…` where it could be several.
        user: String,
    },
    /// Create a verified user. The password is asked for, or read from standard input if that is no terminal.
    Create {
        /// The username; left out where users have none.
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
        Command::Create { username, email, first_name, last_name } => {
            let names = credentials::Names { username, email, first_name, last_name };
            credentials::create(settings, names).await?;
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
        Command::Show { user } => print_whole(&the_user(&administration, &user).await?)?,
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

/// Prints up to `limit` users, reading no more than a page at a time.
async fn list(administration: &Administration, after: Option<UserId>, limit: u32) -> Result<(), Failure> {
    if let Some(id) = &after
        && administration.find_user(id).await?.is_none()
    {
        return Err(Failure::new(format!(
            "no user has the id {}; see `countersign users list`",
            printable(id.as_str())
        )));
    }
    let (mut last, mut left) = (after, limit);
    while left > 0 {
        let page = administration.list_users(last.clone(), left.min(PAGE)).await?;
        page.iter().try_for_each(print_line)?;
        let Some(user) = page.last() else { return Ok(()) };
        left -= u32::try_from(page.len()).expect("a page is small");
        last = Some(user.id.clone());
    }
    if let Some(last) = last {
        let last = printable(last.as_str());
        remark(format_args!("There may be more: countersign users list --after {last}"));
    }
    Ok(())
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

fn gone(user: &User) -> Failure {
    Failure::new(format!("{} has just been deleted by somebody else", Named::from(user)))
}

fn state(user: &User) -> &'static str {
    match (user.disabled_at, user.verified_at) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "verified",
        (None, None) => "unverified",
    }
}

fn print_line(user: &User) -> Result<(), Failure> {
    let [username, email] = [&user.username, &user.email].map(|text| printable(text.as_deref().unwrap_or("-")));
    let id = printable(user.id.as_str());
    say!("{id}  {:10}  {}  {username}  {email}", state(user), user.created_at);
    Ok(())
}

fn print_whole(user: &User) -> Result<(), Failure> {
    let instant = |at: Option<crate::clock::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    say!("id          {}", printable(user.id.as_str()));
    say!("username    {}", printable(user.username.as_deref().unwrap_or("-")));
    say!("email       {}", printable(user.email.as_deref().unwrap_or("-")));
    say!("asked for   {}", printable(user.pending_email.as_deref().unwrap_or("-")));
    say!("first name  {}", printable(&user.first_name));
    say!("last name   {}", printable(&user.last_name));
    say!("registered  {}", user.created_at);
    say!("verified    {}", instant(user.verified_at));
    say!("disabled    {}", instant(user.disabled_at));
    say!("staff       {}", instant(user.staff_at));
    say!("last login  {}", instant(user.last_login_at));
    Ok(())
}
