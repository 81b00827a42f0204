//! `countersign users`.

mod credentials;

use clap::Subcommand;

use super::{Failure, open};
use crate::clock::Clock;
use crate::identity::{EmailAddress, UserId, Username};
use crate::settings::Settings;
use crate::store::{EmailSharing, Store, User, UserQuery, VerifyOutcome};

/// Users that `list` prints unless told otherwise.
const PAGE: i64 = 100;

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List users in the order they registered.
    List {
        /// Begin after the user with this id: the last one of the page before.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = PAGE, value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
        limit: i64,
    },
    /// Show everything known of a user but the password's hash.
    Show {
        /// Id, username or e-mail address.
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
        /// Id, username or e-mail address.
        user: String,
    },
    /// List a user's sessions, or end them all.
    Sessions {
        /// Id, username or e-mail address.
        user: String,
        /// End them all.
        #[arg(long)]
        end: bool,
    },
    /// Vouch for a user's address, as if the link had been used.
    Verify {
        /// Id, username or e-mail address.
        user: String,
    },
    /// Shut an account: it cannot log in, and no link opens it.
    Disable {
        /// Id, username or e-mail address.
        user: String,
    },
    /// Open a shut account again.
    Enable {
        /// Id, username or e-mail address.
        user: String,
    },
    /// Delete a user for good, with all that hangs on it.
    Delete {
        /// Id, username or e-mail address.
        user: String,
    },
}

pub(super) async fn run(settings: Settings, command: Command) -> Result<(), Failure> {
    let store = open::store(&settings).await?;
    let now = Clock::System.now();
    match command {
        Command::Create { username, email, first_name, last_name } => {
            let names = credentials::Names { username, email, first_name, last_name };
            credentials::create(settings, names).await?;
        }
        Command::SetPassword { user } => {
            let user = the_user(&store, &user).await?;
            credentials::set_password(settings, &user).await?;
            say!("The password of {} is set, and all sessions have ended.", name(&user));
        }
        Command::Sessions { user, end: true } => {
            let user = the_user(&store, &user).await?;
            say!("{} sessions of {} ended.", store.end_all_sessions(user.id.clone()).await?, name(&user));
        }
        Command::Sessions { user, end: false } => {
            let user = the_user(&store, &user).await?;
            for session in store.list_sessions(user.id).await? {
                say!(
                    "{}  {}  last used {}  expires {}  {}",
                    session.id,
                    session.address,
                    session.last_used_at,
                    session.expires_at,
                    session.user_agent
                );
            }
        }
        Command::List { after, limit } => {
            let users = store.list_users(after.map(UserId::from_stored), limit).await?;
            for user in &users {
                print_line(user)?;
            }
            if i64::try_from(users.len()).is_ok_and(|count| count == limit) {
                let last = users.last().expect("the limit is at least 1");
                eprintln!("There may be more: countersign users list --after {}", last.id);
            }
        }
        Command::Show { user } => print_whole(&the_user(&store, &user).await?)?,
        Command::Verify { user } => {
            let sharing = if settings.users.email_unique { EmailSharing::Unique } else { EmailSharing::Shared };
            let user = the_user(&store, &user).await?;
            match store.mark_verified(user.id.clone(), now, sharing).await? {
                VerifyOutcome::Verified => say!("{} is verified.", name(&user)),
                VerifyOutcome::AlreadyVerified => say!("{} was verified before.", name(&user)),
                VerifyOutcome::Disabled => {
                    return Err(Failure::new(format!(
                        "{0} is disabled; run `countersign users enable {0}` first",
                        name(&user)
                    )));
                }
                VerifyOutcome::EmailTaken => {
                    return Err(Failure::new(format!(
                        "another verified user has the address of {0}; see `countersign users show {0}`",
                        name(&user)
                    )));
                }
                VerifyOutcome::NoSuchUser => return Err(gone(&user)),
            }
        }
        Command::Disable { user } => {
            let user = the_user(&store, &user).await?;
            found(store.disable_user(user.id.clone(), now).await?, &user)?;
            say!("{} is disabled.", name(&user));
        }
        Command::Enable { user } => {
            let user = the_user(&store, &user).await?;
            found(store.enable_user(user.id.clone()).await?, &user)?;
            say!("{} is enabled.", name(&user));
        }
        Command::Delete { user } => {
            let user = the_user(&store, &user).await?;
            found(store.delete_user(user.id.clone()).await?, &user)?;
            say!("{} is deleted.", name(&user));
        }
    }
    Ok(())
}

/// Finds the one user whom `text` names, by id, else by username, else by e-mail address.
async fn the_user(store: &Store, text: &str) -> Result<User, Failure> {
    let mut queries = vec![UserQuery::Id(UserId::from_stored(text))];
    queries.extend(Username::parse(text).map(|username| UserQuery::UsernameKey(username.key())));
    queries.extend(EmailAddress::parse(text).map(|email| UserQuery::EmailKey(email.key())));
    for query in queries {
        let mut users = store.find_users(query).await?;
        match users.len() {
            0 => {}
            1 => return Ok(users.remove(0)),
            _ => {
                let ids: Vec<_> = users.iter().map(|user| user.id.as_str()).collect();
                return Err(Failure::new(format!("{text} names several users; give an id: {}", ids.join(", "))));
            }
        }
    }
    Err(Failure::new(format!("no user has the id, username or e-mail address {text}; see `countersign users list`")))
}

fn found(changed: bool, user: &User) -> Result<(), Failure> {
    if changed { Ok(()) } else { Err(gone(user)) }
}

fn gone(user: &User) -> Failure {
    Failure::new(format!("{} has just been deleted by somebody else", name(user)))
}

fn name(user: &User) -> &str {
    user.username.as_deref().or(user.email.as_deref()).unwrap_or(user.id.as_str())
}

fn state(user: &User) -> &'static str {
    match (user.disabled_at, user.verified_at) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "verified",
        (None, None) => "unverified",
    }
}

/// Names may hold anything but NUL; a terminal must not obey what a stranger wrote.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn print_line(user: &User) -> Result<(), Failure> {
    let [username, email] = [&user.username, &user.email].map(|text| text.as_deref().unwrap_or("-"));
    say!("{}  {:10}  {}  {username}  {email}", user.id, state(user), user.created_at);
    Ok(())
}

fn print_whole(user: &User) -> Result<(), Failure> {
    let instant = |at: Option<crate::clock::Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    say!("id          {}", user.id);
    say!("username    {}", user.username.as_deref().unwrap_or("-"));
    say!("email       {}", user.email.as_deref().unwrap_or("-"));
    say!("first name  {}", printable(&user.first_name));
    say!("last name   {}", printable(&user.last_name));
    say!("registered  {}", user.created_at);
    say!("verified    {}", instant(user.verified_at));
    say!("disabled    {}", instant(user.disabled_at));
    say!("last login  {}", instant(user.last_login_at));
    Ok(())
}
