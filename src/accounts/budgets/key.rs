//! The key of a budget: a digest of what is counted, for which subject, and from which network.
//!
//! Each kind of operation and of subject has its own tag in the digest, so that no two budgets share a key, whatever
//! clients type: a username that is spelled like a user's id is another subject.

use sha2::{Digest, Sha256};

use crate::identity::{EmailAddress, Network, UserId};
use crate::store::{LoginName, User};

/// An operation that is counted, or a fact that is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Operation {
    /// A guess at a password, at login.
    LogIn,
    /// A guess at a password that is required in addition to a session or a link.
    ConfirmPassword,
    /// A guess at a password when an unproved address is corrected, and that address names the user.
    CorrectEmail,
    /// A guess at a password, at login, of the user who claimed an address and has not proved it, by that address.
    LogInToClaim,
    /// A mail is requested.
    AskForMail(MailGroup),
    /// A mail is received.
    ReceiveMail(MailGroup),
    /// A network from which a user has logged in.
    TrustNetwork,
    /// The state of an authorization is used, which is possible once.
    UseState,
}

/// Mails that share a limit. A stranger who causes one mail of a group must not learn which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum MailGroup {
    /// The link of a registration, or the notice that the address has an account.
    Registration,
    /// The link that resets a password.
    Reset,
    /// The link that resets the login name.
    ResetUsername,
    /// The link to a new address, or the notice that it is in use.
    NewAddress,
    /// The notice of a changed password or address.
    Notice,
}

/// The user or name for which something is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Subject {
    /// A user.
    User(UserId),
    /// A username, whether or not a user has it; its compared form.
    Username(String),
    /// A mailbox, whether or not a user has it.
    Mailbox(String),
    /// An address that names a user, whether or not a user has it; its compared form. Addresses with different tags are
    /// different subjects, as they are at login.
    Address(String),
    /// A text that is neither a username nor an address.
    Text(String),
}

impl Subject {
    /// Returns the subject for a name that a client typed to log in.
    pub(in crate::accounts) fn of_login(name: &LoginName, typed: &str) -> Self {
        match (&name.email_key, &name.username_key) {
            (Some(email_key), _) => Self::Address(email_key.clone()),
            (None, Some(username_key)) => Self::Username(username_key.clone()),
            (None, None) => Self::Text(typed.to_owned()),
        }
    }

    /// Returns the subject for a name that a client typed to request a link.
    pub(in crate::accounts) fn of_mailed(name: &LoginName, typed: &str) -> Self {
        match &name.email_key {
            Some(email_key) => Self::of_email(&EmailAddress::from_stored(email_key)),
            None => Self::of_login(name, typed),
        }
    }

    /// Returns the user that was found by a name, or the name if no user was found. A user is the same subject under
    /// each of the user's names.
    ///
    /// Each unknown name has its own limit. If unknown names shared one, a name whose limit is unused while theirs is
    /// used up would be recognised as known.
    pub(in crate::accounts) fn of_found(user: Option<&User>, name: &LoginName, typed: &str) -> Self {
        user.map_or_else(|| Self::of_login(name, typed), |user| Self::User(user.id.clone()))
    }

    /// Returns the mailbox that mails to an address reach.
    pub(in crate::accounts) fn of_email(email: &EmailAddress) -> Self {
        Self::Mailbox(email.mailbox())
    }

    fn parts(&self) -> (u8, &str) {
        match self {
            Self::User(id) => (1, id.as_str()),
            Self::Username(key) => (2, key),
            Self::Mailbox(mailbox) => (3, mailbox),
            Self::Text(text) => (4, text),
            Self::Address(key) => (5, key),
        }
    }
}

impl Operation {
    fn tags(self) -> [u8; 2] {
        match self {
            Self::LogIn => [1, 0],
            Self::ConfirmPassword => [2, 0],
            Self::AskForMail(group) => [3, group.tag()],
            Self::ReceiveMail(group) => [4, group.tag()],
            Self::TrustNetwork => [5, 0],
            Self::CorrectEmail => [6, 0],
            Self::LogInToClaim => [7, 0],
            Self::UseState => [8, 0],
        }
    }
}

impl MailGroup {
    fn tag(self) -> u8 {
        match self {
            Self::Registration => 1,
            Self::Reset => 2,
            Self::NewAddress => 3,
            Self::Notice => 4,
            Self::ResetUsername => 5,
        }
    }
}

/// Returns the key under which the store keeps a budget. Without a network, the budget counts requests from all
/// networks.
///
/// The key is the SHA-256, in hex, of a version, the tags, and the texts, each preceded by its length.
pub(in crate::accounts) fn key(operation: Operation, subject: &Subject, network: Option<Network>) -> String {
    let (subject_tag, subject) = subject.parts();
    let network = network.map(|network| network.to_string());
    let [operation, group] = operation.tags();
    let mut hash = Sha256::new();
    hash.update([1, operation, group, subject_tag, u8::from(network.is_some())]);
    for text in [subject, network.as_deref().unwrap_or("")] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Returns every operation. A new one makes the `match` below fail to compile: add it to the lists as well.
    fn operations() -> Vec<Operation> {
        let groups = [
            MailGroup::Registration,
            MailGroup::Reset,
            MailGroup::ResetUsername,
            MailGroup::NewAddress,
            MailGroup::Notice,
        ];
        let mut all = vec![
            Operation::LogIn,
            Operation::ConfirmPassword,
            Operation::CorrectEmail,
            Operation::LogInToClaim,
            Operation::TrustNetwork,
            Operation::UseState,
        ];
        all.extend(groups.map(Operation::AskForMail));
        all.extend(groups.map(Operation::ReceiveMail));
        for operation in &all {
            match operation {
                Operation::LogIn
                | Operation::ConfirmPassword
                | Operation::CorrectEmail
                | Operation::LogInToClaim
                | Operation::TrustNetwork
                | Operation::UseState => {}
                Operation::AskForMail(group) | Operation::ReceiveMail(group) => match group {
                    MailGroup::Registration
                    | MailGroup::Reset
                    | MailGroup::ResetUsername
                    | MailGroup::NewAddress
                    | MailGroup::Notice => {}
                },
            }
        }
        all
    }

    /// Returns every kind of subject, all with the same text.
    fn subjects(text: &str) -> Vec<Subject> {
        let all = vec![
            Subject::User(UserId::from_stored(text)),
            Subject::Username(text.to_owned()),
            Subject::Mailbox(text.to_owned()),
            Subject::Text(text.to_owned()),
            Subject::Address(text.to_owned()),
        ];
        for subject in &all {
            match subject {
                Subject::User(_)
                | Subject::Username(_)
                | Subject::Mailbox(_)
                | Subject::Text(_)
                | Subject::Address(_) => {}
            }
        }
        all
    }

    fn networks() -> Vec<Option<Network>> {
        let near = Network::of("2001:db8::1".parse().expect("an address"));
        let mut all = vec![None, Some(near), Some(Network::of("192.0.2.1".parse().expect("an address")))];
        all.extend(near.wider().map(|(network, _)| Some(network)));
        all
    }

    #[test]
    fn no_two_things_share_a_key() {
        let texts =
            ["", "a", "018bcfe1-0000-7000-8000-000000000001", "ann@mail.example", "2001:db8::/64", "192.0.2.1/32"];
        let (mut keys, mut made) = (BTreeSet::new(), 0);
        for operation in operations() {
            for subject in texts.iter().flat_map(|text| subjects(text)) {
                for network in networks() {
                    keys.insert(key(operation, &subject, network));
                    made += 1;
                }
            }
        }
        assert_eq!(made, 16 * 6 * 5 * 5);
        assert_eq!(keys.len(), made);
        assert!(keys.iter().all(|key| key.len() == 64));
    }

    proptest! {
        #[test]
        fn two_subjects_share_a_key_only_if_they_are_one(one in 0_usize..5, other in 0_usize..5, text in "\\PC{0,20}", another in "\\PC{0,20}") {
            let (one, other) = (&subjects(&text)[one], &subjects(&another)[other]);
            let keys = [one, other].map(|subject| key(Operation::LogIn, subject, None));
            prop_assert_eq!(keys[0] == keys[1], one == other);
        }
    }
}
