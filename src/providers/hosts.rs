//! The hosts that requests to one provider may go to.

use url::Url;

use crate::settings::Provider;

/// Hosts that a provider's discovery document names beside its issuer's, by the issuer's host.
const KNOWN_HOSTS: &[(&str, &[&str])] = &[
    ("accounts.google.com", &["oauth2.googleapis.com", "openidconnect.googleapis.com", "www.googleapis.com"]),
    ("login.microsoftonline.com", &["graph.microsoft.com"]),
];

/// Hosts with their ports. Requests go nowhere else, whatever a document or an answer says.
#[derive(Debug)]
pub(super) struct Hosts(Vec<(String, u16)>);

impl Hosts {
    /// Gathers the hosts that the settings name, and those that belong to them.
    pub(super) fn of(provider: &Provider) -> Self {
        let addresses = [provider.issuer.as_deref().unwrap_or_default(), &provider.api_url, &provider.web_url];
        let mut hosts: Vec<_> = addresses.iter().filter_map(|address| place(&Url::parse(address).ok()?)).collect();
        let added = provider.additional_hosts.iter().map(|host| format!("https://{host}/"));
        hosts.extend(added.filter_map(|address| place(&Url::parse(&address).ok()?)));
        let known =
            KNOWN_HOSTS.iter().filter(|(issuer, _)| hosts.iter().any(|(host, port)| host == issuer && *port == 443));
        let known: Vec<_> = known.flat_map(|(_, others)| *others).map(|host| ((*host).to_owned(), 443)).collect();
        hosts.extend(known);
        Self(hosts)
    }

    /// Parses an address and checks that requests may go there.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what to do.
    pub(super) fn check(&self, address: &str) -> Result<Url, String> {
        let url = Url::parse(address).map_err(|_| format!("{address:?} is no URL"))?;
        let Some((host, port)) = place(&url) else { return Err(format!("{address:?} is no URL of a web server")) };
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(format!("{host} is not to be asked without encryption"));
        }
        if !self.0.contains(&(host.clone(), port)) {
            let shown = if port == 443 { host } else { format!("{host}:{port}") };
            return Err(format!("{shown} is no host of this provider; if it should be, name it in `additional_hosts`"));
        }
        Ok(url)
    }
}

/// Returns where requests to `url` go, if it is one of a web server.
fn place(url: &Url) -> Option<(String, u16)> {
    let port = url.port_or_known_default()?;
    matches!(url.scheme(), "https" | "http").then_some((url.host_str()?.to_owned(), port))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    /// Returns the hosts of a provider with these lines.
    fn hosts(lines: &str) -> Hosts {
        let directory = tempfile::TempDir::new().expect("a directory");
        let path = directory.path().join("settings.toml");
        let text = format!("[[providers]]\nname = \"a\"\nclient_id = \"me\"\nclient_secret = \"x\"\n{lines}");
        std::fs::write(&path, text).expect("it can be written");
        Hosts::of(&Settings::load(Some(&path), []).expect("the settings are sound").providers[0])
    }

    #[test]
    fn requests_go_to_the_hosts_of_the_settings_alone() {
        let openid = "kind = \"openid\"\nissuer = \"https://login.example.org/main\"\n";
        let more = format!("{openid}additional_hosts = [\"keys.example.org:8443\", \"api.example.org\"]");
        let microsoft = "kind = \"openid\"\nissuer = \"https://login.microsoftonline.com/1b4e28ba/v2.0\"";
        for (lines, address, is_allowed) in [
            (openid, "https://login.example.org/token", true),
            (openid, "https://LOGIN.example.org:443/token", true),
            (openid, "https://login.example.org:8443/token", false),
            (openid, "http://login.example.org/token", false),
            (openid, "https://login.example.org.evil.example/token", false),
            (openid, "https://login.example.org@evil.example/token", false),
            (openid, "https://169.254.169.254/latest", false),
            (openid, "http://localhost/", false),
            (openid, "ftp://login.example.org/", false),
            (openid, "token", false),
            (&more, "https://keys.example.org:8443/keys", true),
            (&more, "https://keys.example.org/keys", false),
            (&more, "https://api.example.org/me", true),
            (microsoft, "https://graph.microsoft.com/oidc/userinfo", true),
            (openid, "https://graph.microsoft.com/oidc/userinfo", false),
            ("kind = \"google\"", "https://www.googleapis.com/oauth2/v3/certs", true),
            ("kind = \"google\"", "https://api.github.com/user", false),
            ("kind = \"github\"", "https://api.github.com/user", true),
            ("kind = \"facebook\"", "https://graph.facebook.com/me", true),
            ("kind = \"twitter\"", "https://api.twitter.com/1.1", true),
        ] {
            let checked = hosts(lines).check(address);
            assert_eq!(checked.is_ok(), is_allowed, "{lines}: {address}: {checked:?}");
        }
    }
}
