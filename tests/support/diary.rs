//! Hooks that write down what they are told.

use std::mem;
use std::sync::{Arc, Mutex};

use countersign::accounts::LoginError;
use countersign::{Hooks, User, UserId};

/// What was told, in its order. Clones share it.
#[derive(Clone, Default)]
pub struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn write(&self, entry: String) {
        self.0.lock().expect("no test panics meanwhile").push(entry);
    }

    pub fn entries(&self) -> Vec<String> {
        self.0.lock().expect("no test panics meanwhile").clone()
    }

    /// Takes the entries out.
    pub fn take(&self) -> Vec<String> {
        mem::take(&mut *self.0.lock().expect("no test panics meanwhile"))
    }
}

impl Hooks for Diary {
    fn user_registered(&self, user_id: &UserId) {
        self.write(format!("registered {user_id}"));
    }

    fn user_activated(&self, user: &User) {
        self.write(format!("activated {} {:?}", user.id, user.verified_at.map(|at| at.unix_seconds())));
    }

    fn user_changed_email(&self, user_id: &UserId) {
        self.write(format!("changed e-mail {user_id}"));
    }

    fn user_logged_in(&self, user_id: &UserId) {
        self.write(format!("logged in {user_id}"));
    }

    fn login_failed(&self, user_id: Option<&UserId>, reason: LoginError) {
        self.write(format!("login failed {} {reason:?}", user_id.map_or("-", UserId::as_str)));
    }

    fn user_connected_provider(&self, user_id: &UserId, provider: &str) {
        self.write(format!("connected {provider} {user_id}"));
    }

    fn user_disconnected_provider(&self, user_id: &UserId, provider: &str) {
        self.write(format!("disconnected {provider} {user_id}"));
    }

    fn user_changed_password(&self, user_id: &UserId) {
        self.write(format!("changed password {user_id}"));
    }

    fn user_disabled(&self, user_id: &UserId) {
        self.write(format!("disabled {user_id}"));
    }

    fn user_enabled(&self, user_id: &UserId) {
        self.write(format!("enabled {user_id}"));
    }

    fn user_deleted(&self, user_id: &UserId) {
        self.write(format!("deleted {user_id}"));
    }
}
