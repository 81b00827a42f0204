//! Usernames that the site makes up for users who register with an address only.

use super::Accounts;
use crate::identity::{EmailAddress, Username};
use crate::settings::UsernamePolicy;
use crate::store::{NewIdempotencyKey, NewMail, NewUser, RegisterOutcome, StoreError, TakenEmail};

/// How many random digits the attempts append, one after the other. With 12, another user has the name once in 10^12
/// attempts.
const DIGITS: [u32; 5] = [4, 6, 8, 10, 12];

/// The outcome of a registration, and the username under which the user is stored.
pub(super) struct Stored {
    pub(super) outcome: RegisterOutcome,
    pub(super) username: Option<Username>,
}

impl Accounts {
    /// Returns whether users who choose no username get one made of their address.
    pub fn are_usernames_generated(&self) -> bool {
        self.parts.users.username == UsernamePolicy::Generated
    }

    /// Stores a new user and their mail. A user without a username gets one where the site generates them: the first
    /// of a few candidates that no other user has. The unique index decides, so that two registrations at the same time
    /// get two names.
    pub(super) async fn store_new_user(
        &self,
        mut user: NewUser,
        mail: Option<NewMail>,
        taken_email: TakenEmail,
        key: Option<NewIdempotencyKey>,
    ) -> Result<Stored, StoreError> {
        let candidates = match &user.email {
            Some(email) if user.username.is_none() && self.are_usernames_generated() => candidates(email, &taken_email),
            _ => vec![user.username.take()],
        };
        let mut stored = Stored { outcome: RegisterOutcome::Taken { username: true, email: false }, username: None };
        for username in candidates {
            user.username.clone_from(&username);
            let (user, mail, taken_email) = (user.clone(), mail.clone(), taken_email.clone());
            let outcome = self.store_after_hash().register(user, mail, taken_email, key.clone()).await?;
            let is_taken = matches!(outcome, RegisterOutcome::Taken { username: true, .. });
            stored = Stored { outcome, username };
            if !is_taken {
                break;
            }
        }
        Ok(stored)
    }
}

/// Returns the usernames to try for a user of this address, in their order.
///
/// The name without digits comes first only where the site tells that an address is taken. Elsewhere the digits that
/// this name lacks, or has, would tell whether an earlier user has the address.
fn candidates(email: &EmailAddress, taken_email: &TakenEmail) -> Vec<Option<Username>> {
    let names = with_suffixes(matches!(taken_email, TakenEmail::Tell), |suffix| Username::of_address(email, suffix));
    names.into_iter().map(Some).collect()
}

/// Returns the usernames to try for a user who comes from an identity provider, in their order: the name there, or one
/// made of the address, or `user` and digits.
pub(super) fn candidates_of(name: Option<&str>, email: Option<&EmailAddress>) -> Vec<Username> {
    // Some providers call their users by address.
    let name = name.map(|name| name.split('@').next().unwrap_or_default()).filter(|name| !name.is_empty());
    match (name, email) {
        (Some(name), _) => with_suffixes(true, |suffix| Username::derived_from(name, suffix)),
        // The name without digits would tell whether an earlier user has the address.
        (None, Some(email)) => with_suffixes(false, |suffix| Username::of_address(email, suffix)),
        (None, None) => with_suffixes(false, |suffix| Username::derived_from("", suffix)),
    }
}

fn with_suffixes(has_plain: bool, name: impl Fn(&str) -> Username) -> Vec<Username> {
    let plain = has_plain.then(String::new);
    plain.into_iter().chain(DIGITS.map(random_digits)).map(|suffix| name(&suffix)).collect()
}

fn random_digits(count: u32) -> String {
    let random = getrandom::u64().expect("the operating system has random bytes");
    let width = usize::try_from(count).expect("it is small");
    format!("{:0width$}", random % 10_u64.pow(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str, taken_email: &TakenEmail) -> Vec<String> {
        let email = EmailAddress::parse(address).expect("an address");
        candidates(&email, taken_email).into_iter().flatten().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn a_site_that_tells_taken_addresses_tries_the_plain_name_first() {
        let names = names("Ann.Lee@mail.example", &TakenEmail::Tell);
        assert_eq!((names[0].as_str(), names.len()), ("ann.lee", 6));
        for (name, digits) in names[1..].iter().zip(DIGITS) {
            let suffix = name.strip_prefix("ann.lee").expect("it begins with the name");
            assert_eq!(suffix.len(), digits as usize, "{name}");
            assert!(suffix.bytes().all(|byte| byte.is_ascii_digit()), "{name}");
        }
    }

    #[test]
    fn a_site_that_conceals_taken_addresses_always_appends_digits() {
        let names = names("ann@mail.example", &TakenEmail::Allow);
        assert_eq!((names.len(), names[0].len()), (5, "ann".len() + 4));
        assert!(!names.contains(&"ann".to_owned()));
    }

    #[test]
    fn a_user_from_a_provider_gets_the_name_there() {
        let email = EmailAddress::parse("ann@mail.example").expect("an address");
        let names = |name, email| candidates_of(name, email).into_iter().map(|name| name.as_str().to_owned());
        let plain: Vec<_> = names(Some("AnnLee"), Some(&email)).collect();
        assert_eq!((plain[0].as_str(), plain.len()), ("AnnLee", 6));
        assert!(plain[1..].iter().all(|name| name.starts_with("AnnLee") && name.len() > 6), "{plain:?}");
        assert_eq!(names(Some("ann.lee@corp.example"), None).next().as_deref(), Some("ann.lee"));
        assert_eq!(names(Some("A\u{200b}nn Lee <b>"), None).next().as_deref(), Some("AnnLeeb"));
        for (name, email, begin) in [(None, Some(&email), "ann"), (Some(""), None, "user"), (None, None, "user")] {
            let first = names(name, email).next().expect("there is one");
            assert_eq!((&first[..begin.len()], first.len()), (begin, begin.len() + 4), "{first}");
        }
    }
}
