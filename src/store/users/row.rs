//! A user as the table holds it.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use crate::clock::{Seconds, Timestamp};
use crate::identity::UserId;
use crate::profile_fields::StoredProfile;
use crate::secret::Secret;
use crate::store::schema::users;

/// A row of `users`.
#[derive(Clone, Debug)]
pub struct User {
    /// Opaque and never reused.
    pub id: UserId,
    /// As the person typed it, after NFKC; absent for accounts that go by e-mail address alone.
    pub username: Option<String>,
    /// As the person typed it, domain in lower case.
    pub email: Option<String>,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// PHC string.
    pub password_hash: Secret,
    /// 128 random bits in hex, bound into links that can take the account over.
    pub link_secret: Secret,
    /// When the account was registered.
    pub created_at: Timestamp,
    /// When the person proved the address, or an administrator vouched for it.
    pub verified_at: Option<Timestamp>,
    /// When an administrator disabled the account.
    pub disabled_at: Option<Timestamp>,
    /// When the user last logged in.
    pub last_login_at: Option<Timestamp>,
    /// The address that the user requested last and has not proved yet. For an unverified user it equals `email`, once
    /// that was corrected.
    pub pending_email: Option<String>,
    /// 128 random bits in hex, bound into the link that proves `pending_email`. Absent until the first such address.
    pub pending_email_secret: Option<Secret>,
    /// The secret of the last used link to an address.
    pub used_email_secret: Option<Secret>,
    /// The secret of the last used reset link.
    pub used_reset_secret: Option<Secret>,
    /// When that link was signed.
    pub used_reset_at: Option<Timestamp>,
    /// When an operator made the user staff.
    pub staff_at: Option<Timestamp>,
    /// The values of declared fields; see [`Accounts::profile_fields`](crate::Accounts::profile_fields).
    pub profile: StoredProfile,
    /// When the profile was changed last; absent if it never was.
    pub profile_updated_at: Option<Timestamp>,
}

impl User {
    /// Returns whether the user is a staff member, who may manage other users at the contract `djoser`.
    pub fn is_staff(&self) -> bool {
        self.staff_at.is_some()
    }

    /// Returns when housekeeping deletes the user, where unverified users are kept for this long; `None` if it does not:
    /// of a user who is verified or disabled, or who has logged in. (`store/purge.rs` asks the same in SQL.)
    pub(crate) fn purged_at(&self, unverified_kept_for: Seconds) -> Option<Timestamp> {
        let is_kept = self.verified_at.is_some() || self.disabled_at.is_some() || self.last_login_at.is_some();
        (!is_kept).then(|| self.created_at.plus(unverified_kept_for))
    }
}

/// Defines [`UserRow`] and the expression that selects its columns as one piece of SQL text.
///
/// Diesel walks through a query twice whenever it runs, and asks of each column in a list whether the column is empty. That
/// took two thirds of the instructions of finding a session with its user.
macro_rules! user_row {
    ($first:ident: $First:ty, $($column:ident: $Type:ty,)*) => {
        #[derive(Queryable)]
        pub(in crate::store) struct UserRow {
            $first: $First,
            $($column: $Type,)*
        }

        type Columns = (users::$first, $(users::$column),*);

        const TEXT: &str = concat!("users.", stringify!($first), $(", users.", stringify!($column)),*);
    };
}

user_row! {
    id: String,
    username: Option<String>,
    email: Option<String>,
    first_name: String,
    last_name: String,
    password_hash: String,
    link_secret: String,
    created_at: i64,
    verified_at: Option<i64>,
    disabled_at: Option<i64>,
    last_login_at: Option<i64>,
    pending_email: Option<String>,
    pending_email_secret: Option<String>,
    used_email_secret: Option<String>,
    used_reset_secret: Option<String>,
    used_reset_at: Option<i64>,
    staff_at: Option<i64>,
    profile: Option<String>,
    profile_updated_at: Option<i64>,
}

impl<DB: Backend> Selectable<DB> for UserRow {
    type SelectExpression = UserColumns;

    fn construct_selection() -> UserColumns {
        UserColumns
    }
}

/// The columns of [`UserRow`].
#[derive(Clone, Copy, Debug, QueryId)]
pub(in crate::store) struct UserColumns;

impl Expression for UserColumns {
    type SqlType = <Columns as Expression>::SqlType;
}

impl<Tables> AppearsOnTable<Tables> for UserColumns where Columns: AppearsOnTable<Tables> {}

impl<Tables> SelectableExpression<Tables> for UserColumns where Columns: SelectableExpression<Tables> {}

impl ValidGrouping<()> for UserColumns {
    type IsAggregate = is_aggregate::No;
}

impl<DB: Backend> QueryFragment<DB> for UserColumns {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(TEXT);
        Ok(())
    }
}

impl UserRow {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn created_at(&self) -> i64 {
        self.created_at
    }

    /// Returns how many bytes the values have that lists show.
    pub(super) fn shown_bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let names = self.id.len() + self.first_name.len() + self.last_name.len();
        names + optional(&self.username) + optional(&self.email) + optional(&self.profile)
    }
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: UserId::from_stored(row.id),
            username: row.username,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            password_hash: Secret::new(row.password_hash),
            link_secret: Secret::new(row.link_secret),
            created_at: Timestamp::from_unix_seconds(row.created_at),
            verified_at: row.verified_at.map(Timestamp::from_unix_seconds),
            disabled_at: row.disabled_at.map(Timestamp::from_unix_seconds),
            last_login_at: row.last_login_at.map(Timestamp::from_unix_seconds),
            pending_email: row.pending_email,
            pending_email_secret: row.pending_email_secret.map(Secret::new),
            used_email_secret: row.used_email_secret.map(Secret::new),
            used_reset_secret: row.used_reset_secret.map(Secret::new),
            used_reset_at: row.used_reset_at.map(Timestamp::from_unix_seconds),
            staff_at: row.staff_at.map(Timestamp::from_unix_seconds),
            profile: StoredProfile::from_stored(row.profile),
            profile_updated_at: row.profile_updated_at.map(Timestamp::from_unix_seconds),
        }
    }
}
