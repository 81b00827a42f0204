//! Prints users: a line for each in lists, and all that is known of one.

use super::super::failure::{Failure, remark, say};
use super::super::json;
use super::super::terminal::{self, printable};
use super::naming::Named;
use super::objects::{SessionObject, UserObject, WholeUserObject, state};
use crate::accounts::{Administration, User};
use crate::clock::Timestamp;
use crate::identity::{SearchText, UserId};
use crate::passwords::{HashingParameters, PasswordHash, StoredPassword};
use crate::profile_fields::{ProfileFields, ProfileValue};
use crate::settings::{PasswordsSettings, Settings};

/// Users that `list` prints by default, and reads at a time.
pub(super) const PAGE: u32 = 100;

/// How users are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people.
    Text,
    /// As JSON, for other programs.
    Json,
}

impl From<bool> for Form {
    /// Returns the form of a command that has `--json`, or has it not.
    fn from(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

/// Prints up to `limit` users, reading no more than a page at a time.
pub(super) async fn list(
    administration: &Administration,
    after: Option<UserId>,
    limit: u32,
    form: Form,
) -> Result<(), Failure> {
    must_exist(administration, after.as_ref()).await?;
    let (mut last, mut left) = (after, limit);
    while left > 0 {
        let page = administration.list_users(last.clone(), left.min(PAGE)).await?;
        page.iter().try_for_each(|user| print_line(user, form))?;
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

/// Prints up to `limit` users whose names or addresses contain `text`.
pub(super) async fn search(
    administration: &Administration,
    text: &SearchText,
    after: Option<UserId>,
    limit: u32,
    form: Form,
) -> Result<(), Failure> {
    must_exist(administration, after.as_ref()).await?;
    let (mut last, mut left) = (after, limit);
    while left > 0 {
        let wanted = left.min(PAGE);
        let page = administration.search_users(text.clone(), last.clone(), wanted).await?;
        page.iter().try_for_each(|user| print_line(user, form))?;
        let found = u32::try_from(page.len()).expect("a page is small");
        if found < wanted {
            return Ok(());
        }
        left -= found;
        last = page.last().map(|user| user.id.clone());
    }
    if let Some(last) = last {
        remark(format_args!("There may be more: add --after {}", printable(last.as_str())));
    }
    Ok(())
}

async fn must_exist(administration: &Administration, after: Option<&UserId>) -> Result<(), Failure> {
    let Some(id) = after else { return Ok(()) };
    match administration.find_user(id).await? {
        Some(_) => Ok(()),
        None => {
            Err(Failure::new(format!("no user has the id {}; see `countersign users list`", printable(id.as_str()))))
        }
    }
}

fn print_line(user: &User, form: Form) -> Result<(), Failure> {
    if form == Form::Json {
        return json::print(&UserObject::from(user));
    }
    let [username, email] = [&user.username, &user.email].map(|text| printable(text.as_deref().unwrap_or("-")));
    let id = printable(user.id.as_str());
    let line = format!("{id}  {:10}  {}  {username}  {email}", state(user), user.created_at);
    // A list ends where its reader goes: it may have a million lines.
    terminal::print_line(&line).map_err(Failure::from_output)
}

pub(super) async fn print_whole(
    administration: &Administration,
    user: &User,
    settings: &Settings,
    form: Form,
) -> Result<(), Failure> {
    let accounts = administration.list_provider_accounts(&user.id).await?;
    let password = stored_password(user, &settings.passwords)?;
    if form == Form::Json {
        return json::print(&WholeUserObject::new(user, password, &accounts));
    }
    let instant = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.to_string());
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
    say!("password    {}", described(password));
    say!("changed     {}", instant(user.profile_updated_at));
    for account in accounts {
        let [provider, subject, id] = [&account.provider, &account.subject, &account.id].map(|text| printable(text));
        let (connected, last) = (account.created_at, instant(account.last_login_at));
        say!("provider    {provider} {subject}  connected {connected}  last login {last}  {id}");
    }
    print_profile(user, &settings.profile_fields)
}

fn stored_password(user: &User, settings: &PasswordsSettings) -> Result<StoredPassword, Failure> {
    let cost = HashingParameters::new(settings.memory_kib, settings.passes, settings.parallelism);
    let cost = cost.map_err(|error| Failure::new(error.to_string()))?;
    Ok(PasswordHash::from_stored(user.password_hash.expose()).describe(cost))
}

fn described(password: StoredPassword) -> String {
    match password {
        StoredPassword::None => "none".to_owned(),
        StoredPassword::Current(scheme) => scheme.to_owned(),
        StoredPassword::Outdated(scheme) if scheme.starts_with("argon2") => {
            format!("{scheme} of another cost or system, replaced at the next login")
        }
        StoredPassword::Outdated(scheme) => format!("{scheme} of another system, replaced at the next login"),
        StoredPassword::Unusable(error) => format!("matches nothing until it is reset: {error}"),
    }
}

/// Prints a user's sessions, newest first.
pub(super) async fn print_sessions(administration: &Administration, user: &User, form: Form) -> Result<(), Failure> {
    let sessions = administration.list_sessions(&user.id).await?;
    if form == Form::Json {
        return sessions.iter().try_for_each(|session| json::print(&SessionObject::from(session)));
    }
    say!("{} sessions of {}", sessions.len(), Named::from(user));
    for session in sessions {
        let [address, user_agent] = [&session.address, &session.user_agent].map(|text| printable(text));
        let (used, expires) = (session.last_used_at, session.expires_at);
        say!("{}  {address}  last used {used}  expires {expires}  {user_agent}", session.id);
    }
    Ok(())
}

/// Prints the values of declared fields, and those that are stored of fields that are not declared (any more).
fn print_profile(user: &User, fields: &ProfileFields) -> Result<(), Failure> {
    let Ok(mut stored) = user.profile.values() else {
        say!("profile     is not a JSON object: repair the column `profile` of the table `users`");
        return Ok(());
    };
    for field in fields {
        let name = field.name();
        match stored.remove(name) {
            None => say!("profile     {name} = {} (not stored)", written(&field.value_of_nothing())),
            Some(value) if field.check(value.clone()).is_ok() => say!("profile     {name} = {}", written(&value)),
            Some(value) => say!("profile     {name} = {} (does not fit its declaration)", written(&value)),
        }
    }
    for (name, value) in stored {
        say!("profile     {} = {} (not declared)", printable(&name), written(&value));
    }
    Ok(())
}

/// Returns a value as JSON that a terminal can show.
fn written(value: &ProfileValue) -> String {
    printable(&value.to_string())
}
