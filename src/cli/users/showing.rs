//! Prints users: a line for each in lists, and all that is known of one.

use super::super::failure::{Failure, remark, say};
use super::super::terminal::printable;
use crate::accounts::{Administration, User};
use crate::clock::Timestamp;
use crate::identity::UserId;
use crate::profile_fields::{ProfileFields, ProfileValue};

/// Users that `list` prints by default, and reads at a time.
pub(super) const PAGE: u32 = 100;

/// Prints up to `limit` users, reading no more than a page at a time.
pub(super) async fn list(administration: &Administration, after: Option<UserId>, limit: u32) -> Result<(), Failure> {
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

fn state(user: &User) -> &'static str {
    match (user.disabled_at, user.verified_at) {
        (Some(_), _) => "disabled",
        (None, Some(_)) => "verified",
        (None, None) => "unverified",
    }
}

pub(super) fn print_line(user: &User) -> Result<(), Failure> {
    let [username, email] = [&user.username, &user.email].map(|text| printable(text.as_deref().unwrap_or("-")));
    let id = printable(user.id.as_str());
    say!("{id}  {:10}  {}  {username}  {email}", state(user), user.created_at);
    Ok(())
}

pub(super) async fn print_whole(
    administration: &Administration,
    user: &User,
    fields: &ProfileFields,
) -> Result<(), Failure> {
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
    say!("changed     {}", instant(user.profile_updated_at));
    for account in administration.list_provider_accounts(&user.id).await? {
        let [provider, subject, id] = [&account.provider, &account.subject, &account.id].map(|text| printable(text));
        let (connected, last) = (account.created_at, instant(account.last_login_at));
        say!("provider    {provider} {subject}  connected {connected}  last login {last}  {id}");
    }
    print_profile(user, fields)
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
