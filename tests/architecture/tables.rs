//! The rules of the house, as tables.

use super::rooms::{Home, Room, Rules};

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
    ("cli", &["app", "accounts", "passwords", "profile_fields", "log", "settings", "identity", "secret", "clock"]),
    (
        "app",
        &[
            "contracts",
            "http",
            "accounts",
            "mail",
            "store",
            "passwords",
            "profile_fields",
            "tokens",
            "settings",
            "links",
            "clock",
        ],
    ),
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
            "contracts/service_faults",
            "contracts/site",
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
            "contracts/service_faults",
            "contracts/site",
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
            "contracts/activation",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
            "contracts/names",
            "contracts/service_faults",
            "contracts/site",
            "contracts/user_values",
            "contracts/words",
            "http",
            "accounts",
            "passwords",
            "profile_fields",
            "settings",
            "links",
            "identity",
        ],
    ),
    (
        "contracts/profiles",
        &[
            "contracts/access_tokens",
            "contracts/contract",
            "contracts/credentials",
            "contracts/declared_fields",
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
    ("contracts/health", &["contracts/site", "http", "accounts"]),
    ("contracts/key_set", &["contracts/site", "http"]),
    ("contracts/credentials", &["contracts/site", "http", "accounts"]),
    ("contracts/site", &["contracts/access_tokens", "contracts/cookies", "http", "accounts", "settings", "identity"]),
    ("contracts/activation", &["contracts/service_faults", "http", "accounts", "links"]),
    ("contracts/names", &["contracts/declared_fields", "contracts/words", "http", "accounts", "identity"]),
    ("contracts/access_tokens", &["contracts/service_faults", "http", "accounts", "settings"]),
    ("contracts/cookies", &["http", "accounts", "log", "settings", "clock"]),
    ("contracts/contract", &["http"]),
    ("contracts/service_faults", &["http", "accounts", "clock"]),
    ("contracts/words", &["http", "passwords", "identity"]),
    ("contracts/paging", &["http"]),
    ("contracts/declared_fields", &["http", "profile_fields"]),
    ("contracts/user_values", &["accounts", "settings", "profile_fields", "identity"]),
    ("http", &["log", "settings", "identity", "clock"]),
    // The log: lines of a task that outlives its request name the request all the same.
    (
        "accounts",
        &["store", "passwords", "tokens", "log", "settings", "links", "profile_fields", "identity", "secret", "clock"],
    ),
    // The worker claims rows and signs links.
    ("mail", &["store", "backoff", "log", "settings", "links", "identity", "secret", "clock"]),
    // Nothing of what is sent, and of how, knows the database or how links are signed.
    (
        "mail/transport",
        &["mail/message", "mail/turns", "mail/settings", "mail/delivery", "settings", "identity", "files", "clock"],
    ),
    ("mail/message", &["mail/templates", "mail/delivery", "identity", "secret", "clock"]),
    ("mail/templates", &["mail/context", "mail/delivery", "store/outbox/kind", "secret"]),
    ("mail/turns", &[]),
    ("mail/context", &["secret", "clock"]),
    ("mail/settings", &["settings", "secret"]),
    ("mail/delivery", &[]),
    ("store", &["backoff", "settings", "profile_fields", "identity", "lane", "files", "secret", "clock"]),
    // Which mails there are: the one thing of the database that templates know.
    ("store/outbox/kind", &[]),
    // Which implementation of Argon2 computes is a setting.
    ("passwords", &["settings", "identity", "lane", "secret"]),
    // Keys and lives of JSON Web Tokens are settings.
    ("tokens", &["settings", "clock"]),
    // How it is written is a setting.
    ("log", &["settings", "identity"]),
    // The page of a link, the least length of a secret, the keys of tokens: each is parsed in one place. Declared fields
    // are checked in their own room.
    ("settings", &["tokens/keys", "links", "profile_fields", "files", "secret", "clock"]),
    // Reads keys, knows no setting.
    ("tokens/keys", &["secret"]),
    ("profile_fields", &["identity"]),
    ("links", &["secret", "clock"]),
    ("identity", &["clock"]),
    ("lane", &[]),
    ("backoff", &[]),
    ("files", &[]),
    ("secret", &[]),
    ("clock", &[]),
];

/// What may be named in some modules only: crates, the edge of the process, the wall clock.
pub const HOMES: &[Home] = &[
    ("actix_web", &["http", "contracts", "app/server", "app/signals"]),
    ("argon2", &["passwords"]),
    ("argon2_rust", &["passwords/implementation/fastest"]),
    ("base64", &["links/spelling", "mail/transport", "tokens"]),
    ("chrono", &["clock", "profile_fields/date"]),
    ("clap", &["cli"]),
    ("regex", &["profile_fields/pattern"]),
    ("regex_syntax", &["profile_fields/pattern"]),
    ("rpassword", &["cli"]),
    ("pin_project_lite", &["http/cors", "http/envelope"]),
    ("crossbeam_channel", &["lane", "passwords/hasher", "store/lanes", "store/checkpoint", "log/sink"]),
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("ed25519_dalek", &["tokens/keys"]),
    ("faster_hex", &["links"]),
    ("form_urlencoded", &["http/body", "links"]),
    ("futures_util", &["http", "mail/transport"]),
    (
        "getrandom",
        &["accounts/session_token", "backoff", "http/envelope", "identity", "links", "passwords", "settings"],
    ),
    ("governor", &["http/throttle"]),
    ("itoa", &["http/envelope", "links"]),
    ("handlebars", &["mail/templates"]),
    // Beside the links: the digest of a session's token.
    ("hex", &["links", "accounts/session_token", "accounts/budgets"]),
    ("hmac", &["links"]),
    ("sha2", &["links", "accounts/session_token", "accounts/budgets", "store/copy"]),
    ("icu_casemap", &["identity"]),
    ("icu_properties", &["identity"]),
    ("idna", &["identity", "mail/message"]),
    ("indicatif", &["cli/database"]),
    (
        "ipnet",
        &[
            "http/client_address",
            "http/base_url",
            "http/envelope",
            "contracts/site",
            "http/served",
            "settings/server",
            "settings/production/server",
        ],
    ),
    ("jsonwebtoken", &["tokens"]),
    ("lettre", &["mail/message"]),
    ("libsqlite3_sys", &["store"]),
    ("native_tls", &["mail/transport"]),
    ("percent_encoding", &["links/frontend"]),
    ("tokio_native_tls", &["mail/transport"]),
    ("pq_sys", &["store"]),
    ("rustix", &["passwords", "app/server", "mail/transport", "files"]),
    ("serde_json", &["http", "contracts", "mail/templates", "log/lines", "tokens", "profile_fields"]),
    ("strsim", &["settings/suggestion"]),
    ("subtle", &["links", "passwords"]),
    ("tempfile", &["files", "store/backup"]),
    ("toml", &["settings"]),
    ("tracing_subscriber", &["log", "settings/server"]),
    ("unicode_normalization", &["identity", "passwords", "profile_fields/declaration"]),
    ("url", &["http/origins", "links", "settings"]),
    ("uuid", &["identity"]),
    ("zeroize", &["passwords", "secret", "settings", "tokens/keys"]),
    ("std::env", &["main"]),
    ("SystemTime::now", &["clock"]),
    ("Utc::now", &["clock"]),
    ("Local::now", &["clock"]),
];

/// Crates that every room may use.
pub const EVERYWHERE: &[&str] = &["serde", "thiserror", "tokio", "tracing"];

/// The contracts: none is named by another, nor by what they share.
pub const CONTRACTS: &[&str] =
    &["contracts/accounts", "contracts/dj_rest_auth", "contracts/djoser", "contracts/profiles", "contracts/tutorial"];
