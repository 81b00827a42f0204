//! The rules of the house, as tables.

use super::homes::HOMES;
use super::rooms::{Room, Rules};

pub const RULES: Rules = Rules { rooms: ROOMS, homes: HOMES };

/// Each room, top to bottom, and the rooms it may use, which all stand below it.
///
/// A part of a room may have a row of its own below the room's (`mail/transport`). Who may use the room may use the part;
/// the part uses neither the room around it nor the parts beside it unless its row says so. A row allows no more than
/// its files use.
pub const ROOMS: &[Room] = &[
    ("main", &["cli"]),
    // What the tests look at from inside: names only.
    ("internals", &["app", "mail", "passwords", "store"]),
    (
        "cli",
        &[
            "app",
            "user_files",
            "accounts",
            "files",
            "passwords",
            "profile_fields",
            "log",
            "settings",
            "identity",
            "secret",
            "clock",
        ],
    ),
    (
        "app",
        &[
            "contracts",
            "pages",
            "http",
            "accounts",
            "mail",
            "metrics",
            "store",
            "passwords",
            "profile_fields",
            "providers",
            "tokens",
            "settings",
            "links",
            "clock",
        ],
    ),
    // Files of users, which operators import and export.
    ("user_files", &["accounts", "passwords", "profile_fields", "settings", "identity", "secret", "clock"]),
    // Pages for people, which know no account and no database.
    ("pages", &["http", "mail", "settings"]),
    ("contracts", &["http", "accounts", "settings"]),
    // A contract imports no other: it uses what all of them share.
    (
        "contracts/accounts",
        &[
            "contracts/access_tokens",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
            "contracts/names",
            "contracts/paging",
            "contracts/password_field",
            "contracts/provider_logins",
            "contracts/registering",
            "contracts/service_faults",
            "contracts/site",
            "contracts/token_pairs",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "passwords",
            "profile_fields",
            "settings",
            "links",
            "identity",
            "secret",
            "clock",
        ],
    ),
    (
        "contracts/djoser",
        &[
            "contracts/access_tokens",
            "contracts/activation",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
            "contracts/names",
            "contracts/paging",
            "contracts/password_field",
            "contracts/provider_logins",
            "contracts/registering",
            "contracts/service_faults",
            "contracts/site",
            "contracts/token_pairs",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "passwords",
            "profile_fields",
            "settings",
            "links",
            "identity",
            "secret",
        ],
    ),
    (
        "contracts/dj_rest_auth",
        &[
            "contracts/access_tokens",
            "contracts/activation",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
            "contracts/id_value",
            "contracts/names",
            "contracts/password_field",
            "contracts/provider_logins",
            "contracts/registering",
            "contracts/service_faults",
            "contracts/site",
            "contracts/token_pairs",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "passwords",
            "profile_fields",
            "settings",
            "links",
            "identity",
            "secret",
            "clock",
        ],
    ),
    (
        "contracts/profiles",
        &[
            "contracts/access_tokens",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
            "contracts/id_value",
            "contracts/paging",
            "contracts/service_faults",
            "contracts/site",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "profile_fields",
            "settings",
            "identity",
        ],
    ),
    (
        "contracts/tutorial",
        &[
            "contracts/contract",
            "contracts/declared_fields",
            "contracts/names",
            "contracts/registering",
            "contracts/service_faults",
            "contracts/site",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "passwords",
            "profile_fields",
            "settings",
            "identity",
        ],
    ),
    ("contracts/contract", &["contracts/access_tokens", "http"]),
    // Knows no contract: each describes itself.
    ("contracts/openapi", &["http", "identity", "clock"]),
    ("contracts/health", &["contracts/site", "http", "accounts"]),
    ("contracts/key_set", &["contracts/site", "http"]),
    (
        "contracts/credentials",
        &["contracts/access_tokens", "contracts/session_tokens", "contracts/site", "http", "accounts"],
    ),
    ("contracts/registering", &["contracts/service_faults", "contracts/site", "http", "accounts", "identity"]),
    ("contracts/provider_logins", &["contracts/site", "http", "accounts"]),
    ("contracts/password_field", &["contracts/site", "http", "accounts", "passwords"]),
    ("contracts/site", &["contracts/access_tokens", "contracts/cookies", "http", "accounts", "settings", "identity"]),
    ("contracts/activation", &["contracts/service_faults", "http", "accounts", "links"]),
    ("contracts/names", &["contracts/declared_fields", "contracts/words", "http", "accounts", "identity"]),
    ("contracts/token_pairs", &["contracts/access_tokens", "contracts/service_faults", "http", "accounts"]),
    (
        "contracts/access_tokens",
        &["contracts/service_faults", "contracts/session_tokens", "http", "accounts", "settings"],
    ),
    ("contracts/session_tokens", &["http", "accounts"]),
    ("contracts/cookies", &["http", "accounts", "log", "settings", "secret", "clock"]),
    ("contracts/service_faults", &["http", "accounts", "clock"]),
    ("contracts/words", &["http", "passwords", "identity"]),
    ("contracts/paging", &["http"]),
    ("contracts/declared_fields", &["http", "profile_fields"]),
    ("contracts/user_values", &["contracts/id_value", "http", "accounts", "settings", "profile_fields", "identity"]),
    ("contracts/id_value", &["http", "identity"]),
    ("http", &["log", "metrics", "settings", "identity", "clock"]),
    // The log: lines of a task that outlives its request name the request all the same.
    (
        "accounts",
        &[
            "store",
            "providers",
            "passwords",
            "tokens",
            "log",
            "metrics",
            "settings",
            "links",
            "profile_fields",
            "identity",
            "secret",
            "clock",
        ],
    ),
    // Speaks to other servers: it knows no user, no contract and no database.
    ("providers", &["settings", "identity", "secret", "clock"]),
    // The worker claims rows and signs links.
    ("mail", &["store", "backoff", "log", "metrics", "settings", "links", "identity", "secret", "clock"]),
    // Nothing of what is sent, and of how, knows the database or how links are signed.
    (
        "mail/transport",
        &[
            "mail/message",
            "mail/turns",
            "mail/settings",
            "mail/delivery",
            "settings",
            "identity",
            "files",
            "clock",
            "lane",
            "secret",
        ],
    ),
    ("mail/message", &["mail/templates", "mail/delivery", "identity", "secret", "clock"]),
    ("mail/templates", &["mail/context", "mail/delivery", "store/outbox/kind", "files", "secret", "settings/color"]),
    ("mail/turns", &[]),
    ("mail/context", &["secret", "clock"]),
    ("mail/settings", &["settings", "secret"]),
    ("mail/delivery", &[]),
    ("store", &["backoff", "settings", "profile_fields", "identity", "lane", "files", "secret", "clock"]),
    // Which mails there are: the one thing of the database that templates know.
    ("store/outbox/kind", &[]),
    // Which implementation of Argon2 computes is a setting.
    ("passwords", &["metrics", "settings", "identity", "lane", "secret"]),
    // Keys and lives of JSON Web Tokens are settings.
    ("tokens", &["settings", "secret", "clock"]),
    // How it is written is a setting.
    ("log", &["settings", "identity", "clock"]),
    // The page of a link, the least length of a secret, the keys of tokens, the key of Firebase: each is parsed in one
    // place. Declared fields are checked in their own room.
    ("settings", &["tokens/keys", "passwords/signer_key", "links", "profile_fields", "files", "secret", "clock"]),
    // A value, which knows no setting.
    ("settings/color", &[]),
    // Reads keys, knows no setting.
    ("tokens/keys", &["secret"]),
    ("passwords/signer_key", &["secret"]),
    ("profile_fields", &["identity"]),
    ("links", &["secret", "clock"]),
    ("identity", &["clock"]),
    ("metrics", &[]),
    ("lane", &[]),
    ("backoff", &[]),
    ("files", &[]),
    ("secret", &[]),
    ("clock", &[]),
];

/// Crates that every room may use.
pub const EVERYWHERE: &[&str] = &["serde", "thiserror", "tokio", "tracing"];

/// The contracts: none is named by another, nor by what they share.
pub const CONTRACTS: &[&str] =
    &["contracts/accounts", "contracts/dj_rest_auth", "contracts/djoser", "contracts/profiles", "contracts/tutorial"];
