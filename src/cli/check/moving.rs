//! What is still accepted of the systems that users moved here from, and until when.

use crate::clock::{Seconds, Timestamp};
use crate::secret::Secret;
use crate::settings::Settings;

/// Links or tokens that are accepted.
pub(super) struct Accepted {
    /// What it is, for messages.
    pub(super) what: &'static str,
    /// The setting that accepts it.
    pub(super) key: &'static str,
    /// How long the last of it can be good after the last user moved in.
    life: Seconds,
}

impl Accepted {
    /// Returns when the last of it ends, if the last user moved in at `newest_move`.
    pub(super) fn ends_at(&self, newest_move: Timestamp) -> Timestamp {
        newest_move.plus(self.life)
    }
}

/// Returns all that the settings accept.
pub(super) fn accepted(settings: &Settings) -> Vec<Accepted> {
    let moving = &settings.moving;
    let registration = &moving.django_rest_registration;
    let lives = [
        registration.register_expires_after,
        registration.reset_password_expires_after,
        registration.register_email_expires_after,
    ];
    let row = |secrets: &[Secret], what, keys: [&'static str; 2], life| {
        if secrets.is_empty() {
            return None;
        }
        let [list, file] = keys;
        let is_in_list = settings.entries().iter().any(|entry| entry.key == list && entry.shown_value != "[]");
        Some(Accepted { what, key: if is_in_list { list } else { file }, life })
    };
    let longest = |lives: &[Seconds]| lives.iter().copied().max().unwrap_or(Seconds::new(0));
    let rows = [
        row(
            &registration.secrets,
            "links of django-rest-registration",
            ["moving.django_rest_registration.secrets", "moving.django_rest_registration.secrets_file"],
            longest(&lives),
        ),
        row(
            &moving.djoser.secrets,
            "links of djoser",
            ["moving.djoser.secrets", "moving.djoser.secrets_file"],
            moving.djoser.expires_after,
        ),
        row(
            &moving.allauth.secrets,
            "links of allauth",
            ["moving.allauth.secrets", "moving.allauth.secrets_file"],
            longest(&[moving.allauth.confirmation_expires_after, moving.allauth.reset_password_expires_after]),
        ),
        // A token says itself when it ends. A login here would have ended by then.
        row(
            &moving.simplejwt.secrets,
            "refresh tokens of simplejwt",
            ["moving.simplejwt.secrets", "moving.simplejwt.secrets_file"],
            settings.sessions.expires_after,
        ),
    ];
    rows.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_accepted_by_default() {
        assert!(accepted(&Settings::defaults()).is_empty());
    }

    #[test]
    fn the_last_link_ends_after_the_longest_life() {
        let mut settings = Settings::defaults();
        settings.moving.django_rest_registration.secrets = vec![Secret::new("an old secret of a test")];
        settings.moving.djoser.secrets = vec![Secret::new("an old secret of a test")];
        let moved_at = Timestamp::from_unix_seconds(0);
        let ends: Vec<_> =
            accepted(&settings).iter().map(|row| (row.what, row.ends_at(moved_at).unix_seconds())).collect();
        assert_eq!(ends, [("links of django-rest-registration", 604_800), ("links of djoser", 259_200)]);
    }
}
