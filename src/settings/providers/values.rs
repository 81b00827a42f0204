//! The values of a provider's keys.

use toml::Value;
use url::{Host, Url};

use crate::clock::Seconds;
use crate::links::LONGEST_REDIRECT_URI_BYTES;
use crate::settings::production::local::is_this_machine;
use crate::settings::requirement::all_or_each_fault;

/// The first parts of paths at the contracts of dj-rest-auth, where `<name>/` is a path too.
const PATHS_OF_CONTRACTS: &[&str] =
    &["login", "logout", "mfa", "password", "providers", "registration", "social", "socialaccounts", "token", "user"];

const LONGEST_NAME: usize = 32;
const LONGEST_TITLE: usize = 64;

/// Tenants of Microsoft whose id tokens name other issuers.
const SHARED_TENANTS: &[&str] = &["common", "organizations", "consumers"];

pub(super) fn name(text: &str) -> Result<String, String> {
    let is_sound = |text: &str| text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if text.is_empty() || text.len() > LONGEST_NAME || !is_sound(text) || text.starts_with('-') || text.ends_with('-') {
        return Err(format!(
            "a name has 1 to {LONGEST_NAME} lower-case letters, digits and -, with no - at its ends, as it is a part of \
             paths; `title` is the name for people"
        ));
    }
    if PATHS_OF_CONTRACTS.contains(&text) {
        return Err("contracts have a path of this name; choose another, such as the provider's own".to_owned());
    }
    Ok(text.to_owned())
}

pub(super) fn title(text: &str) -> Result<String, String> {
    let text = one_line(text)?;
    if text.chars().count() > LONGEST_TITLE {
        return Err(format!("allowed are up to {LONGEST_TITLE} characters"));
    }
    Ok(text)
}

/// Parses a text of one line without blanks around it.
pub(super) fn one_line(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("it must not be empty".to_owned());
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err("it must be one line, without blanks or control characters around it".to_owned());
    }
    Ok(text.to_owned())
}

/// Parses the issuer of id tokens, which are compared with it byte by byte.
pub(super) fn issuer(text: &str) -> Result<String, String> {
    let url = web_address(text)?;
    if text.ends_with("/.well-known/openid-configuration") {
        return Err("write the address without /.well-known/openid-configuration".to_owned());
    }
    let tenant = url.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
    let is_microsoft = url.host_str().is_some_and(|host| host.starts_with("login.microsoftonline."));
    if is_microsoft && SHARED_TENANTS.contains(&tenant) {
        return Err(format!(
            "id tokens of the tenant {tenant:?} name each user's own tenant as their issuer, so that none of them can be \
             believed; write the id of your tenant in its place"
        ));
    }
    Ok(text.to_owned())
}

/// Parses the address that paths of an API or of pages are appended to.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    web_address(text)?;
    Ok(text.trim_end_matches('/').to_owned())
}

fn web_address(text: &str) -> Result<Url, String> {
    const ALLOWED: &str = "allowed is a whole URL without query, as in \"https://login.example.org/realms/main\"";
    let text = one_line(text)?;
    let url = Url::parse(&text).map_err(|_| ALLOWED.to_owned())?;
    if !matches!(url.scheme(), "https" | "http") || url.query().is_some() || url.fragment().is_some() {
        return Err(ALLOWED.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a name or password in the URL is not sent; leave it out".to_owned());
    }
    if url.scheme() == "http" && !is_this_machine(&url) {
        return Err("what is sent there must be encrypted; write https://, or name this machine for a trial".to_owned());
    }
    Ok(url)
}

/// Parses a host with an optional port. 443 is left out.
pub(super) fn host(text: &str) -> Result<String, String> {
    const ALLOWED: &str = "allowed are names of hosts, as in \"keys.example.org\" or \"keys.example.org:8443\"";
    let url = Url::parse(&format!("https://{text}/")).map_err(|_| ALLOWED.to_owned())?;
    let is_host_alone = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && !text.contains(['/', '@', '\\'])
        && !text.contains(char::is_whitespace);
    let host = url.host().filter(|_| is_host_alone).ok_or_else(|| ALLOWED.to_owned())?;
    if matches!(&host, Host::Domain(name) if name.contains('*')) {
        return Err("a host is written whole, without *".to_owned());
    }
    Ok(match url.port() {
        None => host.to_string(),
        Some(port) => format!("{host}:{port}"),
    })
}

/// Parses an address that the provider sends users back to.
pub(super) fn redirect_uri(text: &str) -> Result<String, String> {
    const ALLOWED: &str = "allowed are whole URLs as they stand in the provider's own settings, as in \
                           \"https://app.example.org/login/google\"";
    let text = one_line(text)?;
    // What Google's script for pages sends in place of an address: the code comes back to the page itself.
    if text == "postmessage" {
        return Ok(text);
    }
    if text.len() > LONGEST_REDIRECT_URI_BYTES {
        return Err(format!("it has {} bytes; allowed are up to {LONGEST_REDIRECT_URI_BYTES}", text.len()));
    }
    if text.contains('*') {
        return Err("each address is written whole, without *: it is compared byte by byte, here and there".to_owned());
    }
    let url = Url::parse(&text).map_err(|_| ALLOWED.to_owned())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a name or password in the address is not allowed; leave it out".to_owned());
    }
    if url.fragment().is_some() {
        return Err("a fragment (#…) is not allowed, as providers refuse it (RFC 6749, 3.1.2)".to_owned());
    }
    match url.scheme() {
        // Production refuses `http`, but for this machine.
        "https" | "http" => Ok(text),
        // Of an app on a phone (RFC 8252, 7.1).
        scheme if scheme.contains('.') => Ok(text),
        _ => Err(format!("{ALLOWED}; an app's own scheme has a dot in it, as in \"org.example.app:/login\"")),
    }
}

/// Parses a scope (RFC 6749, 3.3).
pub(super) fn scope(text: &str) -> Result<String, String> {
    let is_sound = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
    match !text.is_empty() && text.bytes().all(is_sound) {
        true => Ok(text.to_owned()),
        false => {
            Err("a scope has no blanks, quotation marks or backslashes; write each as a text of its own".to_owned())
        }
    }
}

/// Parses a list of texts, each of which stands there once.
pub(super) fn list(value: &Value, parse: impl Fn(&str) -> Result<String, String>) -> Result<Vec<String>, String> {
    const ALLOWED: &str = "a list of texts is allowed, as in [\"one\", \"two\"]";
    let items = value.as_array().ok_or_else(|| ALLOWED.to_owned())?;
    if items.len() > 50 {
        return Err(format!("{} texts are given; 50 are allowed", items.len()));
    }
    let parsed = items.iter().map(|item| item.as_str().ok_or_else(|| ALLOWED.to_owned()).and_then(&parse));
    all_or_each_fault(parsed, "item")
}

pub(super) fn timeout(value: &Value) -> Result<Seconds, String> {
    let seconds = value.as_integer().and_then(|number| u64::try_from(number).ok());
    let seconds = seconds.filter(|seconds| (1..=60).contains(seconds));
    seconds.map(Seconds::new).ok_or_else(|| "allowed are 1 to 60 seconds, without a fraction".to_owned())
}
