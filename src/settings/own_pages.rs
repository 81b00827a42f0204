//! The sample app on this server: whether it is served, and that in development its pages are the defaults of those that
//! mailed links lead to.

use super::layers::Layers;
use super::sections::Settings;
use super::server::{Bind, origin_on_this_machine};

const KEYS: [&str; 3] = ["registration.frontend_url", "reset_password.frontend_url", "change_email.frontend_url"];

/// The origin of the defaults in `settings.toml`, which is that of the default of `server.bind`.
const DEFAULT_ORIGIN: &str = "http://localhost:8000";

impl Settings {
    /// Returns whether the program's own server has the sample app: it is on, the contract that it calls is served, and
    /// no contract has its endpoints at the root, where the app's pages would stand.
    pub fn serve_app(&self) -> bool {
        let contracts = &self.contracts;
        self.pages.app.is_on(self.mode)
            && contracts.accounts.enabled
            && contracts.enabled().all(|(_, path)| path != "/")
    }
}

/// Gives the defaults of the pages the origin at which a browser on this machine reaches the server. In production they
/// stay as they are, and are refused.
pub(super) fn lead_to_this_server(layers: &mut Layers) {
    let text = |key: &str| layers.of(key).in_force().value.as_str().map(str::to_owned);
    let bind = text("server.bind").and_then(|text| text.parse::<Bind>().ok());
    let (Some(bind), true) = (bind, text("mode").as_deref() == Some("development")) else { return };
    let origin = origin_on_this_machine(bind.address());
    for key in KEYS {
        layers.change_default(key, |url| url.replacen(DEFAULT_ORIGIN, &origin, 1));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::KEYS;

    fn page(variables: &[(&str, &str)]) -> String {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::load_for_review(None, variables).expect("the settings are sound");
        let shown = settings.entries().iter().find(|entry| entry.key == "registration.frontend_url");
        let url = settings.registration.frontend_url.as_ref().expect("there is a page").to_string();
        assert_eq!(shown.expect("it is listed").shown_value, format!("{url:?}"));
        url
    }

    #[test]
    fn the_default_page_of_a_link_is_at_the_port_of_this_server() {
        const BIND: &str = "COUNTERSIGN__SERVER__BIND";
        assert_eq!(page(&[]), "http://localhost:8000/verify-user/");
        assert_eq!(page(&[(BIND, "localhost:9000")]), "http://localhost:9000/verify-user/");
        assert_eq!(page(&[(BIND, "0.0.0.0:9000")]), "http://localhost:9000/verify-user/");
        assert_eq!(page(&[(BIND, "[::1]:9000")]), "http://localhost:9000/verify-user/");
        assert_eq!(page(&[(BIND, "[::ffff:0.0.0.0]:9000")]), "http://localhost:9000/verify-user/");
        assert_eq!(page(&[(BIND, "192.0.2.7:9000")]), "http://192.0.2.7:9000/verify-user/");
        assert_eq!(page(&[(BIND, "127.0.0.2:9000")]), "http://127.0.0.2:9000/verify-user/");
        assert_eq!(page(&[(BIND, "[2001:db8::7]:9000")]), "http://[2001:db8::7]:9000/verify-user/");
        assert_eq!(page(&[(BIND, "[fe80::1%1]:9000")]), "http://[fe80::1]:9000/verify-user/");
    }

    #[test]
    fn a_page_of_the_operators_own_stays_as_it_is() {
        let own = ("COUNTERSIGN__REGISTRATION__FRONTEND_URL", "http://localhost:8000/mine/");
        assert_eq!(page(&[("COUNTERSIGN__SERVER__BIND", "localhost:9000"), own]), "http://localhost:8000/mine/");
    }

    #[test]
    fn a_default_page_that_is_not_there_is_told_in_development() {
        let told = |variables: &[(&str, &str)]| -> Vec<&str> {
            let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let settings = Settings::load(None, variables).expect("the settings are sound");
            let findings = settings.findings().into_iter().filter(|finding| finding.shows_in_development);
            findings.map(|finding| finding.key).collect()
        };
        const NO_APP: (&str, &str) = ("COUNTERSIGN__PAGES__APP", "never");
        assert_eq!(told(&[]), [""; 0]);
        assert_eq!(told(&[NO_APP]), KEYS);
        assert_eq!(told(&[("COUNTERSIGN__CONTRACTS__ACCOUNTS__BASE_PATH", "/")]), KEYS);
        let own = ("COUNTERSIGN__REGISTRATION__FRONTEND_URL", "http://localhost:5173/verify/");
        assert_eq!(told(&[NO_APP, own]), KEYS[1..]);
    }

    #[test]
    fn in_production_the_default_leads_to_the_readers_machine_and_is_refused() {
        let secret = ("COUNTERSIGN__LINKS__SECRETS", "9c1be2a4f7d05836b4e1d9a27f3c6058");
        let production = [("COUNTERSIGN__MODE", "production"), ("COUNTERSIGN__SERVER__BIND", "192.0.2.7:9000"), secret];
        assert_eq!(page(&production), "http://localhost:8000/verify-user/");
    }
}
