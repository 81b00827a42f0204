//! Finds the user that the USER argument of a command names, and names users in the output.

use std::fmt;

use super::super::failure::Failure;
use super::super::terminal::printable;
use crate::accounts::{Administration, User, UserQuery};
use crate::identity::{EmailAddress, UserId, Username};

/// Maximum number of users that an error lists.
const LISTED: usize = 20;

/// Finds the one user that `text` names: by id, username or e-mail address. After the prefix `id:`, `username:` or
/// `email:`, only by that one.
///
/// One user's username may be another's address or id. The first match might be an account that the operator did not
/// mean.
///
/// # Errors
///
/// When no user or several users are named, or the database does not answer.
pub(super) async fn the_user(administration: &Administration, text: &str) -> Result<User, Failure> {
    let mut named: Vec<User> = Vec::new();
    for query in queries(text) {
        for user in administration.find_users(query).await? {
            if named.iter().all(|known| known.id != user.id) {
                named.push(user);
            }
        }
    }
    match named.len() {
        0 => Err(Failure::new(format!(
            "no user has the id, username or e-mail address {}; see `countersign users list`",
            printable(text)
        ))),
        1 => Ok(named.remove(0)),
        _ => Err(Failure::new(several(text, &named))),
    }
}

fn queries(text: &str) -> Vec<UserQuery> {
    let by_id = |text: &str| UserQuery::Id(UserId::from_stored(text));
    let by_username = |text: &str| Username::lookup_key(text).map(UserQuery::UsernameKey);
    let by_email = |text: &str| EmailAddress::parse(text).ok().map(|email| UserQuery::EmailKey(email.key()));
    match text.split_once(':') {
        Some(("id", id)) => vec![by_id(id)],
        Some(("username", username)) => by_username(username).into_iter().collect(),
        Some(("email", email)) => by_email(email).into_iter().collect(),
        _ => [Some(by_id(text)), by_username(text), by_email(text)].into_iter().flatten().collect(),
    }
}

fn several(text: &str, named: &[User]) -> String {
    let mut ids: Vec<_> = named.iter().take(LISTED).map(|user| format!("id:{}", Named::from(user))).collect();
    if let more @ 1.. = named.len() - ids.len() {
        ids.push(format!("and {more} more"));
    }
    format!("{} names several users; give one of these instead: {}", printable(text), ids.join(", "))
}

/// Returns the failure of a change to a user who has been deleted meanwhile.
pub(super) fn gone(user: &User) -> Failure {
    Failure::new(format!("{} has just been deleted by somebody else", Named::from(user)))
}

/// A user as the output names it: id, username and address.
pub(super) struct Named<'a> {
    pub(super) id: &'a UserId,
    pub(super) username: Option<&'a str>,
    pub(super) email: Option<&'a str>,
}

impl<'a> From<&'a User> for Named<'a> {
    fn from(user: &'a User) -> Self {
        Self { id: &user.id, username: user.username.as_deref(), email: user.email.as_deref() }
    }
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [username, email] = [self.username, self.email].map(|text| text.map_or_else(|| "-".to_owned(), printable));
        write!(f, "{} (username {username}, address {email})", printable(self.id.as_str()))
    }
}
