//! What a database file holds, read once nobody works on it, and what it must hold.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::faults::ledger::Told;

/// The users of a sound database.
pub struct Contents {
    /// By username: the address, and whether it is proved.
    users: HashMap<String, User>,
    proved: HashSet<String>,
}

#[derive(QueryableByName)]
struct User {
    #[diesel(sql_type = Text)]
    username: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Bool)]
    is_verified: bool,
    #[diesel(sql_type = Bool)]
    is_disabled: bool,
}

#[derive(QueryableByName)]
struct Finding {
    #[diesel(sql_type = Text)]
    finding: String,
}

impl Contents {
    /// # Panics
    ///
    /// If the database is damaged.
    pub fn of(file: &Path) -> Self {
        let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("it is a database");
        let integrity: Vec<Finding> = diesel::sql_query(
            "SELECT integrity_check AS finding FROM pragma_integrity_check
             UNION ALL SELECT \"table\" || ' without ' || parent FROM pragma_foreign_key_check",
        )
        .load(&mut connection)
        .expect("it can be checked");
        let findings: Vec<&str> = integrity.iter().map(|row| row.finding.as_str()).collect();
        assert_eq!(findings, ["ok"]);
        let users: Vec<User> = diesel::sql_query(
            "SELECT coalesce(username, id) AS username, coalesce(email, '') AS email,
                    verified_at IS NOT NULL AS is_verified, disabled_at IS NOT NULL AS is_disabled FROM users",
        )
        .load(&mut connection)
        .expect("the tables are there");
        let proved = users.iter().filter(|user| user.is_verified).map(|user| user.email.clone()).collect();
        Self { users: users.into_iter().map(|user| (user.username.clone(), user)).collect(), proved }
    }

    /// # Panics
    ///
    /// If anybody who was told 201 is not there, or an address that was told 200 is not verified.
    pub fn must_hold(&self, told: &Told, when: &str) {
        let lost: Vec<_> = told.registered.iter().filter(|name| !self.users.contains_key(*name)).collect();
        assert!(lost.is_empty(), "{when}: {} of {} told 201 are not there", lost.len(), told.registered.len());
        let forgotten: Vec<_> = told.verified.iter().filter(|address| !self.proved.contains(*address)).collect();
        assert!(forgotten.is_empty(), "{when}: told 200 and not verified: {forgotten:?}");
    }

    /// # Panics
    ///
    /// If somebody was disabled and is not, or was created and is not there.
    pub fn must_hold_what_the_command_line_did(&self, disabled: &[String], created: &[String]) {
        let user = |name: &String| self.users.get(name);
        let enabled: Vec<_> = disabled.iter().filter(|name| !user(name).is_some_and(|user| user.is_disabled)).collect();
        assert!(enabled.is_empty(), "disabled by the command line, and not so: {enabled:?}");
        let lost: Vec<_> = created.iter().filter(|name| user(name).is_none()).collect();
        assert!(lost.is_empty(), "created by the command line, and not there: {lost:?}");
    }
}
