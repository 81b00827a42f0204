//! Every endpoint of the contract, and what strangers may ask.

use countersign::links::LinkSigner;
use countersign::secret::Secret;
use serde_json::json;

use super::{credentials, paths, registration};
use crate::support::endpoints::{Endpoint, Question};
use crate::support::test_app::{BEGINNING, SECRET};

const UID: &str = "MDE4YmNmZTUtNjgwMA";
const TOKEN: &str = "1700000000-00112233445566778899aabbccddeeff";
const NEW_PASSWORD: &str = "Velvet-Comet-77";

/// Every endpoint, where users have usernames.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("GET", paths::ROOT),
    Endpoint::guarded("GET", paths::USERS),
    Endpoint::open("POST", paths::USERS).taking(|| registration("ann", "ann@mail.example")),
    Endpoint::guarded("GET", paths::ME),
    Endpoint::guarded("PUT", paths::ME).taking(|| json!({ "email": "ann@mail.example" })).optional(),
    Endpoint::guarded("PATCH", paths::ME).taking(|| json!({ "email": "ann@mail.example" })).optional(),
    Endpoint::guarded("DELETE", paths::ME).taking(|| json!({ "current_password": "Wrong-Lantern-9" })),
    Endpoint::guarded("GET", paths::ONE_USER),
    Endpoint::guarded("PUT", paths::ONE_USER),
    Endpoint::guarded("PATCH", paths::ONE_USER),
    Endpoint::guarded("DELETE", paths::ONE_USER),
    Endpoint::open("POST", paths::ACTIVATION).taking(|| json!({ "uid": UID, "token": TOKEN })),
    Endpoint::open("POST", paths::RESEND_ACTIVATION).taking(|| json!({ "email": "nobody@mail.example" })),
    Endpoint::guarded("POST", paths::SET_PASSWORD)
        .taking(|| json!({ "new_password": NEW_PASSWORD, "current_password": "Wrong-Lantern-9" })),
    Endpoint::open("POST", paths::RESET_PASSWORD).taking(|| json!({ "email": "nobody@mail.example" })),
    Endpoint::open("POST", paths::RESET_PASSWORD_CONFIRM)
        .taking(|| json!({ "uid": UID, "token": TOKEN, "new_password": NEW_PASSWORD })),
    Endpoint::guarded("POST", paths::SET_USERNAME)
        .taking(|| json!({ "new_username": "ann2", "current_password": "Wrong-Lantern-9" })),
    Endpoint::open("POST", paths::RESET_USERNAME).taking(|| json!({ "email": "nobody@mail.example" })),
    Endpoint::open("POST", paths::RESET_USERNAME_CONFIRM)
        .taking(|| json!({ "uid": UID, "token": TOKEN, "new_username": "ann2" })),
    Endpoint::open("POST", paths::LOGIN).taking(|| credentials("ann", "Wrong-Lantern-9")),
    Endpoint::guarded("POST", paths::LOGOUT),
    Endpoint::open("GET", paths::PROVIDER),
    Endpoint::open("POST", paths::PROVIDER).taking(|| json!({ "code": "abc", "state": "abc.def" })),
    Endpoint::open("POST", paths::JWT_CREATE).taking(|| credentials("ann", "Wrong-Lantern-9")).refusing_text_with(401),
    Endpoint::open("POST", paths::JWT_REFRESH).taking(|| json!({ "refresh": "a.b.c" })).refusing_text_with(401),
    Endpoint::open("POST", paths::JWT_VERIFY).taking(|| json!({ "token": "a.b.c" })).refusing_text_with(401),
    Endpoint::open("POST", paths::JWT_BLACKLIST).taking(|| json!({ "refresh": "a.b.c" })).refusing_text_with(401),
];

/// The paths that take the place of three others where users have no usernames.
pub const PATHS_WITHOUT_USERNAMES: &[&str] = &[paths::SET_EMAIL, paths::RESET_EMAIL, paths::RESET_EMAIL_CONFIRM];

/// What a stranger may ask about users.
pub const QUESTIONS: &[Question] = &[
    Question::Login { path: paths::LOGIN, body: credentials, refused_with: 400 },
    Question::Login { path: paths::JWT_CREATE, body: credentials, refused_with: 401 },
    Question::MailByAddress { path: paths::RESEND_ACTIVATION, body: |email| json!({ "email": email }) },
    Question::MailByAddress { path: paths::RESET_PASSWORD, body: |email| json!({ "email": email }) },
    Question::MailByAddress { path: paths::RESET_USERNAME, body: |email| json!({ "email": email }) },
    Question::Registration { path: paths::USERS, body: registration },
    Question::ForgedLink { path: paths::ACTIVATION, body: |id| json!({ "uid": uid(id), "token": TOKEN }) },
    Question::ForgedLink {
        path: paths::RESET_PASSWORD_CONFIRM,
        body: |id| json!({ "uid": uid(id), "token": TOKEN, "new_password": NEW_PASSWORD }),
    },
    Question::ForgedLink {
        path: paths::RESET_USERNAME_CONFIRM,
        body: |id| json!({ "uid": uid(id), "token": TOKEN, "new_username": "ann2" }),
    },
];

/// The `uid` of links to a user.
fn uid(user_id: &str) -> String {
    let signer = LinkSigner::new(&[Secret::new(SECRET)]).expect("it is long enough");
    signer.sign_verify_registration(user_id, BEGINNING).uid()
}
