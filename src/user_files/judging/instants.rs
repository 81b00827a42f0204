//! Finds instants that no other system has: those of a file that counts in milliseconds.

use crate::accounts::MovedUser;
use crate::clock::Timestamp;

/// The last second of the year 9999, with which calendars end.
const LAST: Timestamp = Timestamp::from_unix_seconds(253_402_300_799);

/// Returns whether an instant of a user, or of what belongs to the user, comes after all calendars.
pub(super) fn are_too_late(moved: &MovedUser) -> bool {
    let user = &moved.user;
    let of_user = [
        Some(user.created_at),
        user.verified_at,
        user.disabled_at,
        user.staff_at,
        user.last_login_at,
        user.profile_updated_at,
    ];
    let of_sessions = moved.sessions.iter().flat_map(|moved| {
        let session = &moved.session;
        [Some(session.created_at), Some(session.last_used_at), Some(session.expires_at), moved.rotated_at]
    });
    let of_accounts =
        moved.provider_accounts.iter().flat_map(|it| [Some(it.created_at), it.last_login_at, it.doubted_at]);
    of_user.into_iter().chain(of_sessions).chain(of_accounts).flatten().any(|at| at > LAST)
}
