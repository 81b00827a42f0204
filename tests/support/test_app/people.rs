//! People of the tests.

/// The password everybody here has.
pub const PASSWORD: &str = "Kettle-Harbor-42";

/// Somebody who has registered.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub username: String,
    pub email: String,
    pub password: String,
}
