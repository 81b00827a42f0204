//! `[[providers]]`: the identity providers that users may log in with. What is done with them is in `providers`.

mod kind;
mod values;

use std::path::PathBuf;

use toml::{Table, Value};

use super::members::{Members, quoted};
use super::reader::Reader;
use super::secret_file;
use crate::clock::Seconds;
use crate::secret::Secret;

pub use kind::ProviderKind;

const KEY: &str = "providers";

/// More are refused: each of them is a button on a page.
const MAXIMUM_PROVIDERS: usize = 32;

/// The keys of providers of every kind.
const COMMON_KEYS: &[&str] = &[
    "name",
    "kind",
    "title",
    "client_id",
    "client_secret",
    "client_secret_file",
    "additional_hosts",
    "verifies_emails",
    "creates_users",
    "joins_verified_emails",
    "timeout_seconds",
];

/// The members that `countersign settings` shows.
const OPEN_KEYS: &[&str] = &[
    "name",
    "kind",
    "title",
    "issuer",
    "client_id",
    "client_secret_file",
    "scopes",
    "redirect_uris",
    "additional_hosts",
    "verifies_emails",
    "creates_users",
    "joins_verified_emails",
    "timeout_seconds",
    "api_url",
    "web_url",
];

/// Words of other programs, and the key that has their meaning here.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("type", "kind"),
    ("provider", "kind"),
    ("provider_id", "name"),
    ("id", "name"),
    ("display_name", "title"),
    ("key", "client_id"),
    ("app_id", "client_id"),
    ("consumer_key", "client_id"),
    ("secret", "client_secret"),
    ("app_secret", "client_secret"),
    ("consumer_secret", "client_secret"),
    ("secret_file", "client_secret_file"),
    ("server_url", "issuer"),
    ("discovery_url", "issuer"),
    ("scope", "scopes"),
    ("callback_url", "redirect_uris"),
    ("redirect_uri", "redirect_uris"),
    ("redirect_urls", "redirect_uris"),
    ("hosts", "additional_hosts"),
    ("verified_email", "verifies_emails"),
    ("timeout", "timeout_seconds"),
];

/// An identity provider that users may log in with.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in paths: lower-case letters, digits and `-`, at most 32.
    pub name: String,
    /// How it is spoken to.
    pub kind: ProviderKind,
    /// Its name for people.
    pub title: String,
    /// The issuer of its id tokens. Only [`ProviderKind::OpenId`] and [`ProviderKind::Google`] have one.
    pub issuer: Option<String>,
    /// What the provider calls this site.
    pub client_id: String,
    /// The secret that proves to the provider that this site asks. Public clients of OpenID Connect have none.
    pub client_secret: Option<Secret>,
    /// The file that the secret was read from.
    pub client_secret_file: Option<PathBuf>,
    /// What this site asks the provider for.
    pub scopes: Vec<String>,
    /// Where the provider may send users back to, compared exactly. The first is that of contracts that name none.
    pub redirect_uris: Vec<String>,
    /// Hosts, each with a port unless it is 443, that requests may go to beside the provider's own.
    pub additional_hosts: Vec<String>,
    /// Whether an address that the provider has verified is verified here.
    pub verifies_emails: bool,
    /// Whether a login by an unknown provider account registers a user.
    pub creates_users: bool,
    /// Whether a login with a verified address joins the user who has verified the same address here.
    pub joins_verified_emails: bool,
    /// How long the provider may take for all answers that one login needs.
    pub timeout: Seconds,
    /// Where the provider's API is.
    pub api_url: String,
    /// Where the provider's pages for people are.
    pub web_url: String,
}

impl Provider {
    /// Returns the scope without which the provider tells no address, if `scopes` lacks it.
    pub fn missing_email_scope(&self) -> Option<&'static str> {
        let sufficient = self.kind.email_scopes();
        let is_asked_for = self.scopes.iter().any(|scope| sufficient.contains(&scope.as_str()));
        sufficient.first().copied().filter(|_| !is_asked_for)
    }
}

/// Reads the providers.
pub(super) fn read(reader: &mut Reader) -> Vec<Provider> {
    let example = "[[providers]] begins a provider, with the lines name = \"…\" and kind = \"…\"";
    let tables = reader.tables_with_secrets(KEY, example, OPEN_KEYS);
    if tables.len() > MAXIMUM_PROVIDERS {
        reader.refuse(KEY, format!("{} providers are set; {MAXIMUM_PROVIDERS} are allowed", tables.len()));
        return Vec::new();
    }
    let mut names: Vec<&str> = Vec::new();
    let mut providers = Vec::with_capacity(tables.len());
    for (position, table) in tables.iter().enumerate() {
        let mut members = Members::of(reader, KEY, (position, table), &["client_secret"]);
        if let Some(name) = table.get("name").and_then(Value::as_str) {
            if names.contains(&name) {
                members.refuse("name", "two providers have this name");
            }
            names.push(name);
        }
        providers.extend(read_one(members, table));
    }
    providers
}

fn read_one(mut members: Members<'_>, table: &Table) -> Option<Provider> {
    let kind = members.word("kind", &ProviderKind::ALL.map(|kind| (kind.as_str(), kind)));
    for (key, requirement) in [
        ("name", "a text in quotation marks is needed, as in \"google\"".to_owned()),
        ("kind", format!("allowed are {}", quoted(ProviderKind::ALL.map(ProviderKind::as_str).into_iter()))),
        ("client_id", "what the provider calls this site is needed; its page for developers shows it".to_owned()),
    ] {
        if !table.contains_key(key) {
            members.refuse(key, requirement);
        }
    }
    let keys_of_kinds = ProviderKind::ALL.map(|kind| (kind.as_str(), kind.own_keys()));
    let keys = (COMMON_KEYS, &keys_of_kinds[..]);
    members.refuse_other_keys(keys, kind.map(ProviderKind::as_str), "provider of kind", OTHER_NAMES);

    let name = members.text("name", values::name);
    let title = members.text("title", values::title);
    let issuer = members.text("issuer", values::issuer);
    let client_id = members.text("client_id", values::one_line);
    let (client_secret, client_secret_file) = read_secret(&mut members);
    let scopes = members.member("scopes", |value| values::list(value, values::scope));
    let redirect_uris = members.member("redirect_uris", |value| values::list(value, values::redirect_uri));
    let additional_hosts = members.member("additional_hosts", |value| values::list(value, values::host));
    let verifies_emails = members.flag("verifies_emails").unwrap_or(true);
    let creates_users = members.flag("creates_users").unwrap_or(true);
    let joins_verified_emails = members.flag("joins_verified_emails").unwrap_or(false);
    let timeout = members.member("timeout_seconds", values::timeout).unwrap_or(Seconds::new(10));
    let web_url = members.text("web_url", values::base_url);
    let api_url = members.text("api_url", values::base_url);
    let kind = kind?;
    let mut need = |key: &str, is_missing: bool, requirement: &str| {
        if is_missing && !table.contains_key(key) {
            members.refuse(key, requirement);
        }
    };
    need(
        "issuer",
        kind == ProviderKind::OpenId,
        "the address of the provider is needed, as its discovery document has it",
    );
    let lacks_secret = kind != ProviderKind::OpenId && !table.contains_key("client_secret_file");
    need("client_secret", lacks_secret, "the secret is needed, here or in the file `client_secret_file`");
    if scopes.as_ref().is_some_and(|scopes| kind.has_issuer() && !scopes.iter().any(|scope| scope == "openid")) {
        members.refuse("scopes", "without \"openid\" among them the provider gives no id token");
    }
    if joins_verified_emails && !verifies_emails {
        members.refuse("joins_verified_emails", "it needs `verifies_emails`, as only verified addresses join");
    }
    if joins_verified_emails && !kind.says_which_emails_are_verified() {
        members.refuse("joins_verified_emails", "a provider of this kind does not say which addresses are verified");
    }
    if members.is_faulty() {
        return None;
    }
    let name = name?;
    Some(Provider {
        title: title.unwrap_or_else(|| kind.title().unwrap_or(&name).to_owned()),
        name,
        kind,
        issuer: issuer.or_else(|| kind.issuer().map(str::to_owned)),
        client_id: client_id?,
        client_secret,
        client_secret_file,
        scopes: scopes.unwrap_or_else(|| kind.scopes().iter().map(|scope| (*scope).to_owned()).collect()),
        redirect_uris: redirect_uris.unwrap_or_default(),
        additional_hosts: additional_hosts.unwrap_or_default(),
        verifies_emails,
        creates_users,
        joins_verified_emails,
        timeout,
        api_url: api_url.unwrap_or_else(|| kind.api_url(web_url.as_deref())),
        web_url: web_url.unwrap_or_else(|| kind.web_url().to_owned()),
    })
}

/// Reads the secret, or the file that holds it.
fn read_secret(members: &mut Members<'_>) -> (Option<Secret>, Option<PathBuf>) {
    let direct = members.text("client_secret", |text| values::one_line(text).map(Secret::new));
    let file = members.text("client_secret_file", |text| values::one_line(text).map(PathBuf::from));
    if members.get("client_secret").is_some() && members.get("client_secret_file").is_some() {
        members.refuse("client_secret_file", "`client_secret` is set too; give one or the other");
        return (direct, None);
    }
    match &file {
        None => (direct, None),
        Some(path) => {
            match secret_file::read(path).and_then(|secret| values::one_line(secret.expose()).map(Secret::new)) {
                Ok(secret) => (Some(secret), file),
                Err(requirement) => {
                    members.refuse("client_secret_file", requirement);
                    (None, None)
                }
            }
        }
    }
}
