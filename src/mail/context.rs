//! The values of a template's variables.

use serde::Serialize;

use crate::clock::Seconds;
use crate::secret::debug_as_name;

/// The variables of one mail. Its `Debug` shows none of them.
#[derive(Clone, Serialize)]
pub struct MailContext {
    /// The name of the application.
    pub app_name: String,
    /// The user whom the mail is about.
    pub user: MailUser,
    /// The address that the mail goes to. It can differ from the user's: a new address becomes the user's only after
    /// proof.
    pub email: String,
    /// The link, in mails that have one. Templates see its two fields beside the others.
    #[serde(flatten)]
    pub link: Option<MailLink>,
    /// The identity provider, in mails that may be about one. Templates see its field beside the others.
    #[serde(flatten)]
    pub provider: Option<MailProvider>,
}

/// The identity provider that a mail is about.
#[derive(Clone, Debug, Serialize)]
pub struct MailProvider {
    /// Its name for people: `GitHub`. Empty if the mail is about none.
    pub provider_title: String,
}

/// The user a mail is about.
///
/// Users choose these values freely at registration. A template for an address that is not verified yet should show
/// none of them: they could be an attacker's message to a stranger.
#[derive(Clone, Serialize)]
pub struct MailUser {
    /// As the user typed it.
    pub username: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The address of the account. May be empty.
    pub email: String,
}

/// A link and how long it works.
#[derive(Clone, Serialize)]
pub struct MailLink {
    /// The whole address of the page, with its parameters.
    pub verification_url: String,
    /// For people: `7 days`. See [`in_words`].
    pub expires_in: String,
    /// The link's parts in one of the shorter spellings. Templates see its fields beside the others, if the page's URL
    /// has placeholders for them.
    #[serde(flatten)]
    pub values: Option<LinkValues>,
}

/// A link's parts in one of the shorter spellings: for an app's own URLs, or a code to copy.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum LinkValues {
    /// For pages with `{uid}` and `{token}`.
    UidToken {
        /// The user's id, and for a new address that address.
        uid: String,
        /// Time and signature.
        token: String,
    },
    /// For pages with `{key}`.
    Key {
        /// All parts in one text.
        key: String,
    },
}

impl MailLink {
    /// Returns a sample link to a page without placeholders.
    pub fn sample() -> Self {
        Self {
            verification_url: "https://sample.example/verify/?user_id=1&%74imestamp=2&signature=3".into(),
            expires_in: "7 days".into(),
            values: None,
        }
    }
}

debug_as_name!(MailContext, MailUser, LinkValues, MailLink);

/// Writes a span for people, in the largest unit that divides it: `7 days`, `90 minutes`, `1 hour`.
pub fn in_words(span: Seconds) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let seconds = span.get();
    let (size, name) =
        UNITS.into_iter().find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size)).unwrap_or(UNITS[3]);
    match seconds / size {
        1 => format!("1 {name}"),
        count => format!("{count} {name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_the_largest_unit_that_divides_it() {
        for (seconds, words) in [
            (7 * 86_400, "7 days"),
            (86_400, "1 day"),
            (36 * 3_600, "36 hours"),
            (3_600, "1 hour"),
            (5_400, "90 minutes"),
            (61, "61 seconds"),
            (0, "0 seconds"),
        ] {
            assert_eq!(in_words(Seconds::new(seconds)), words);
        }
    }

    #[test]
    fn debug_shows_neither_link_nor_address() {
        let context = MailContext {
            app_name: "App".into(),
            user: MailUser {
                username: "ann".into(),
                first_name: String::new(),
                last_name: String::new(),
                email: "ann@mail.example".into(),
            },
            email: "ann@mail.example".into(),
            link: Some(MailLink {
                verification_url: "https://app.example/?signature=1".into(),
                expires_in: String::new(),
                values: Some(LinkValues::Key { key: "MQ:7:1".into() }),
            }),
            provider: None,
        };
        let values = context.link.as_ref().and_then(|link| link.values.as_ref());
        let shown = format!("{context:?} {:?} {:?} {values:?}", context.user, context.link);
        assert_eq!(shown, "MailContext(…) MailUser(…) Some(MailLink(…)) Some(LinkValues(…))");
    }
}
