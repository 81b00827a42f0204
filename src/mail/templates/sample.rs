//! Made-up values that every template is tried out with at start.

use crate::mail::context::{MailContext, MailLink, MailUser};
use crate::mail::kind::MailKind;

/// A user with every name and one with none, so that both branches of an `{{#if user.username}}` are tried.
pub(super) fn contexts(kind: MailKind) -> [MailContext; 2] {
    let context = |username: &str, first_name: &str, last_name: &str| MailContext {
        app_name: "Sample".into(),
        user: MailUser {
            username: username.into(),
            first_name: first_name.into(),
            last_name: last_name.into(),
            email: "sam@sample.example".into(),
        },
        email: "sam@sample.example".into(),
        link: kind.has_link().then(|| MailLink {
            verification_url: "https://sample.example/verify/?user_id=1&timestamp=2&signature=3".into(),
            expires_in: "7 days".into(),
        }),
    };
    [context("sam", "Sam", "Sample"), context("", "", "")]
}
