//! Every endpoint of every contract, for the tests that ask all of them.
//!
//! A new contract adds a variant of [`Contract`] and a table in its client; the tests in `tests/http/` then ask its
//! endpoints too.

mod with_jwt;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use countersign::Settings;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::TestApp;
use super::clients::{accounts, dj_rest_auth, djoser, profiles, tutorial};
use super::fake_providers::FakeOpenId;

pub use with_jwt::{JWT_COOKIES, WITH_JWT, all_with_jwt, serve_jwt};

/// A contract of the HTTP API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contract {
    Accounts,
    Djoser,
    DjRestAuth,
    DjangoRestAuth,
    Profiles,
    Tutorial,
}

impl Contract {
    pub const ALL: [Self; 6] =
        [Self::Accounts, Self::Djoser, Self::DjRestAuth, Self::DjangoRestAuth, Self::Profiles, Self::Tutorial];

    /// Those that register users.
    pub const THAT_REGISTER: [Self; 5] =
        [Self::Accounts, Self::Djoser, Self::DjRestAuth, Self::DjangoRestAuth, Self::Tutorial];

    /// Those whose answer to a registration shows the user.
    pub const THAT_SHOW_NEW_USERS: [Self; 3] = [Self::Accounts, Self::Djoser, Self::Tutorial];

    /// The name, as in the settings and, with hyphens, in `docs/http-api/NAME.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Djoser => "djoser",
            Self::DjRestAuth => "dj_rest_auth",
            Self::DjangoRestAuth => "django_rest_auth",
            Self::Profiles => "profiles",
            Self::Tutorial => "tutorial",
        }
    }

    /// The name of the file and the folder in `src/contracts`. Two packages share one.
    pub fn source(self) -> &'static str {
        match self {
            Self::DjangoRestAuth => Self::DjRestAuth.name(),
            other => other.name(),
        }
    }

    pub fn endpoints(self) -> &'static [Endpoint] {
        match self {
            Self::Accounts => accounts::ENDPOINTS,
            Self::Djoser => djoser::ENDPOINTS,
            Self::DjRestAuth => dj_rest_auth::ENDPOINTS,
            Self::DjangoRestAuth => dj_rest_auth::OLDER_ENDPOINTS,
            Self::Profiles => profiles::ENDPOINTS,
            Self::Tutorial => tutorial::ENDPOINTS,
        }
    }

    /// The paths that are served with other settings only, or by another contract of the same source, which [`Contract::endpoints`] does not have.
    pub fn paths_of_other_settings(self) -> &'static [&'static str] {
        match self {
            Self::Accounts => accounts::PATHS_WITH_JWT,
            Self::DjRestAuth => dj_rest_auth::PATHS_WITH_JWT,
            Self::Profiles | Self::Tutorial => &[],
            Self::DjangoRestAuth => {
                &[dj_rest_auth::paths::RESEND_EMAIL, dj_rest_auth::paths::REFRESH, dj_rest_auth::paths::VERIFY]
            }
            Self::Djoser => djoser::PATHS_WITHOUT_USERNAMES,
        }
    }

    /// What a stranger may ask about users.
    pub fn questions(self) -> &'static [Question] {
        match self {
            Self::Accounts => accounts::QUESTIONS,
            Self::Djoser => djoser::QUESTIONS,
            Self::DjRestAuth => dj_rest_auth::QUESTIONS,
            Self::DjangoRestAuth => dj_rest_auth::OLDER_QUESTIONS,
            Self::Profiles => &[],
            Self::Tutorial => tutorial::QUESTIONS,
        }
    }

    fn base_path(self, settings: &Settings) -> &str {
        match self {
            Self::Accounts => &settings.contracts.accounts.base_path,
            Self::Djoser => &settings.contracts.djoser.base_path,
            Self::DjRestAuth => &settings.contracts.dj_rest_auth.base_path,
            Self::DjangoRestAuth => &settings.contracts.django_rest_auth.base_path,
            Self::Profiles => &settings.contracts.profiles.base_path,
            Self::Tutorial => &settings.contracts.tutorial.base_path,
        }
    }
}

/// The identity provider of [`serve_all`]. It knows no user, so that no login by it succeeds.
static IDENTITY_PROVIDER: LazyLock<FakeOpenId> = LazyLock::new(FakeOpenId::start);

/// The name of that provider in paths.
pub const PROVIDER: &str = "idp";

/// Switches all contracts on, with an identity provider.
pub fn serve_all(settings: &mut Settings) {
    settings.providers = vec![IDENTITY_PROVIDER.settings(PROVIDER)];
    settings.contracts.accounts.enabled = true;
    settings.contracts.djoser.enabled = true;
    settings.contracts.djoser.jwt = true;
    settings.contracts.dj_rest_auth.enabled = true;
    settings.contracts.django_rest_auth.enabled = true;
    settings.contracts.profiles.enabled = true;
    settings.contracts.tutorial.enabled = true;
}

/// The placeholders of paths, each with a value that is well-formed.
const PLACEHOLDERS: [(&str, &str); 6] = [
    ("{id}", "1"),
    ("{key}", dj_rest_auth::KEY),
    ("{uid}", dj_rest_auth::UID),
    ("{token}", dj_rest_auth::TOKEN),
    ("{name}", PROVIDER),
    ("{provider}", PROVIDER),
];

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Anyone,
    LoggedIn,
}

/// One method of one path.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    pub access: Access,
    pub method: &'static str,
    /// Below the contract's base path, with the final slash; names in braces
    /// stand for a value. `/` is the base path itself.
    pub path: &'static str,
    /// A body that is complete and well-formed, where the endpoint takes one.
    pub body: Option<fn() -> Value>,
    /// Members of the body that any text may stand in, so that no text is refused.
    pub free: &'static [&'static str],
    /// Whether every member may be left out.
    pub is_optional: bool,
    /// The status with which a missing member, or one of a wrong type, is refused.
    pub refuses_with: u16,
    /// Another status with which a text is refused that is well-formed, and not what it should be.
    pub refuses_text_with: Option<u16>,
}

impl Endpoint {
    pub const fn open(method: &'static str, path: &'static str) -> Self {
        Self {
            access: Access::Anyone,
            method,
            path,
            body: None,
            free: &[],
            is_optional: false,
            refuses_with: 400,
            refuses_text_with: None,
        }
    }

    pub const fn guarded(method: &'static str, path: &'static str) -> Self {
        Self { access: Access::LoggedIn, ..Self::open(method, path) }
    }

    pub const fn taking(self, body: fn() -> Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub const fn free(self, members: &'static [&'static str]) -> Self {
        Self { free: members, ..self }
    }

    pub const fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }

    pub const fn refusing_with(self, status: u16) -> Self {
        Self { refuses_with: status, ..self }
    }

    pub const fn refusing_text_with(self, status: u16) -> Self {
        Self { refuses_text_with: Some(status), ..self }
    }

    pub fn is_guarded(&self) -> bool {
        self.access == Access::LoggedIn
    }

    /// Whether a request only reads.
    pub fn is_safe(&self) -> bool {
        self.method == "GET"
    }
}

/// What a stranger may ask that could tell whether a user exists.
#[derive(Clone, Copy, Debug)]
pub enum Question {
    /// A login: the body for a name and a password, and the status of a refusal.
    Login { path: &'static str, body: fn(&str, &str) -> Value, refused_with: u16 },
    /// A mail asked for by username or address.
    MailByName { path: &'static str, body: fn(&str) -> Value },
    /// A mail asked for by address.
    MailByAddress { path: &'static str, body: fn(&str) -> Value },
    /// A registration: the body for a username and an address.
    Registration { path: &'static str, body: fn(&str, &str) -> Value },
    /// A forged link of the user with this id.
    ForgedLink { path: &'static str, body: fn(&str) -> Value },
}

/// An endpoint with its contract.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub contract: Contract,
    pub endpoint: Endpoint,
}

/// Every endpoint of every contract.
pub fn all() -> Vec<Row> {
    let rows =
        |contract: Contract| contract.endpoints().iter().map(move |endpoint| Row { contract, endpoint: *endpoint });
    Contract::ALL.into_iter().flat_map(rows).collect()
}

/// Those of these endpoints that take a body, each with one that is well-formed.
pub fn taking_bodies(rows: Vec<Row>) -> Vec<(Row, Value)> {
    rows.into_iter().filter_map(|row| row.endpoint.body.map(|body| (row, body()))).collect()
}

/// Every path, with the value of its `Allow` header.
pub fn paths() -> BTreeMap<(Contract, &'static str), String> {
    paths_of(all())
}

/// Every path of these endpoints, with the value of its `Allow` header.
pub fn paths_of(rows: Vec<Row>) -> BTreeMap<(Contract, &'static str), String> {
    let mut methods: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for Row { contract, endpoint } in rows {
        methods.entry((contract, endpoint.path)).or_default().push(endpoint.method);
    }
    methods
        .into_iter()
        .map(|(path, mut methods)| {
            if methods.contains(&"GET") {
                methods.push("HEAD");
            }
            methods.push("OPTIONS");
            (path, methods.join(", "))
        })
        .collect()
}

impl TestApp {
    /// Starts it with all contracts, and with settings that `change` has changed.
    pub async fn with_all_contracts(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(|settings| {
            serve_all(settings);
            change(settings);
        })
        .await
    }

    /// The whole path of a path below a contract's base path.
    pub fn path_of(&self, contract: Contract, path: &str) -> String {
        let base_path = contract.base_path(self.countersign().settings());
        let fill = |path: String, (placeholder, value)| path.replace(placeholder, value);
        let path = PLACEHOLDERS.into_iter().fold(path.trim_start_matches('/').to_owned(), fill);
        format!("{base_path}{path}")
    }

    /// A request to an endpoint, without a body. One that is for users who are logged in carries the token.
    pub fn request_to(&self, row: &Row, token: &str) -> RequestBuilder {
        let path = self.path_of(row.contract, row.endpoint.path);
        let method = row.endpoint.method;
        if row.endpoint.is_guarded() { self.request_by(token, method, &path) } else { self.request(method, &path) }
    }
}
