//! Which HTTP contracts are served, their base paths, and their own settings.

mod base_path;
mod dj_rest_auth;
mod djoser;
mod fields;
mod jwt_cookies;
mod pages;
mod profiles;

use super::login::LoginSettings;
use super::reader::Reader;
use base_path::parse_base_path;

pub use dj_rest_auth::DjRestAuthContractSettings;
pub use djoser::DjoserContractSettings;
pub use jwt_cookies::JwtCookieSettings;
pub use pages::ActivationPages;
pub use profiles::{ProfilesContractSettings, ProfilesVisibility};

/// `[contracts.…]`: one section for each contract.
#[derive(Clone, Debug)]
pub struct ContractsSettings {
    /// `[contracts.accounts]`.
    pub accounts: AccountsContractSettings,
    /// `[contracts.djoser]`.
    pub djoser: DjoserContractSettings,
    /// `[contracts.dj_rest_auth]`.
    pub dj_rest_auth: DjRestAuthContractSettings,
    /// `[contracts.django_rest_auth]`.
    pub django_rest_auth: DjRestAuthContractSettings,
    /// `[contracts.profiles]`.
    pub profiles: ProfilesContractSettings,
    /// `[contracts.tutorial]`.
    pub tutorial: TutorialContractSettings,
}

impl ContractsSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            accounts: AccountsContractSettings::read(reader),
            djoser: DjoserContractSettings::read(reader),
            dj_rest_auth: DjRestAuthContractSettings::read(reader),
            django_rest_auth: DjRestAuthContractSettings::read_older(reader),
            profiles: ProfilesContractSettings::read(reader),
            tutorial: TutorialContractSettings::read(reader),
        }
    }

    /// Returns the contracts that are on: the name of each, and its base path.
    pub fn enabled(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all = [
            ("accounts", self.accounts.enabled, self.accounts.base_path.as_str()),
            ("djoser", self.djoser.enabled, self.djoser.base_path.as_str()),
            ("dj_rest_auth", self.dj_rest_auth.enabled, self.dj_rest_auth.base_path.as_str()),
            ("django_rest_auth", self.django_rest_auth.enabled, self.django_rest_auth.base_path.as_str()),
            ("profiles", self.profiles.enabled, self.profiles.base_path.as_str()),
            ("tutorial", self.tutorial.enabled, self.tutorial.base_path.as_str()),
        ];
        all.into_iter().filter(|(_, is_enabled, _)| *is_enabled).map(|(name, _, base_path)| (name, base_path))
    }

    /// Returns the sections of the two packages that share a contract, by their names.
    pub(crate) fn dj_rest_auths(&self) -> [(&'static str, &DjRestAuthContractSettings); 2] {
        [("dj_rest_auth", &self.dj_rest_auth), ("django_rest_auth", &self.django_rest_auth)]
    }

    /// Returns whether a contract that is on takes the links of mails.
    pub fn take_links(&self) -> bool {
        self.accounts.enabled || self.djoser.enabled || self.dj_rest_auth.enabled || self.django_rest_auth.enabled
    }

    /// Returns whether users can log in at a contract that is on.
    pub fn log_in(&self) -> bool {
        self.take_links() || self.tutorial.enabled
    }

    /// Returns whether a login at a contract that is on is answered with a token that is no JSON Web Token.
    pub fn give_tokens(&self, login: &LoginSettings) -> bool {
        let accounts = self.accounts.enabled && self.accounts.answers_login_with(LoginAnswer::Token, login);
        let djoser = self.djoser.enabled && self.djoser.token;
        let dj_rest_auths = self.dj_rest_auths().iter().any(|(_, contract)| contract.enabled && !contract.use_jwt);
        accounts || djoser || dj_rest_auths || self.tutorial.enabled
    }

    /// Returns whether users log in with JSON Web Tokens alone, so that a 401 asks for such a token.
    pub fn ask_for_jwt(&self, login: &LoginSettings) -> bool {
        self.serve_jwt() && !self.give_tokens(login)
    }

    /// Returns whether a contract that is on serves JSON Web Tokens.
    pub fn serve_jwt(&self) -> bool {
        self.serve_token_pairs() || self.django_rest_auth.serves_jwt()
    }

    /// Returns whether a contract that is on serves pairs of an access token and a refresh token.
    pub fn serve_token_pairs(&self) -> bool {
        (self.djoser.enabled && self.djoser.jwt) || self.accounts_serve_jwt() || self.dj_rest_auth.serves_jwt()
    }

    /// Returns whether `[contracts.accounts]` is on and answers logins with JSON Web Tokens.
    pub(super) fn accounts_serve_jwt(&self) -> bool {
        self.accounts.enabled && self.accounts.login.contains(&LoginAnswer::Jwt)
    }

    /// Returns whether links may lead to the site's own pages (`frontend_url`): not if only contracts with pages of their
    /// own take links, whose pages then receive all of them.
    pub fn uses_site_pages(&self) -> bool {
        self.accounts.enabled || !self.take_links()
    }
}

/// `[contracts.accounts]`: the contract of django-rest-registration.
#[derive(Clone, Debug)]
pub struct AccountsContractSettings {
    /// Whether the contract is served.
    pub enabled: bool,
    /// The path that its endpoints stand below; begins and ends with a slash.
    pub base_path: String,
    /// What a login answers with; empty: as `[login]` says.
    pub login: Vec<LoginAnswer>,
    /// The key of errors of no single field; `detail` when not set.
    pub non_field_errors_key: Option<String>,
    /// Whether a registration repeats the password as `password_confirm`.
    pub register_password_confirm: bool,
    /// Whether changing a password repeats it as `password_confirm`.
    pub change_password_confirm: bool,
    /// Whether resetting a password repeats it as `password_confirm`.
    pub reset_password_confirm: bool,
    /// Whether asking for a reset link names an `email` instead of a `login`.
    pub reset_password_by_email: bool,
    /// Whether users may delete their account.
    pub account_deletion: bool,
}

impl AccountsContractSettings {
    fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("contracts.accounts.enabled"),
            base_path: reader.parsed("contracts.accounts.base_path", parse_base_path),
            login: reader.list("contracts.accounts.login", |text| match text {
                "token" => Ok(LoginAnswer::Token),
                "cookie" => Ok(LoginAnswer::Cookie),
                "jwt" => Ok(LoginAnswer::Jwt),
                _ => Err("allowed are \"token\", \"cookie\" and \"jwt\"".to_owned()),
            }),
            non_field_errors_key: reader.optional("contracts.accounts.non_field_errors_key", |text| {
                let is_name = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
                if is_name { Ok(text.to_owned()) } else { Err("allowed are letters, digits and _".to_owned()) }
            }),
            register_password_confirm: reader.flag("contracts.accounts.register_password_confirm"),
            change_password_confirm: reader.flag("contracts.accounts.change_password_confirm"),
            reset_password_confirm: reader.flag("contracts.accounts.reset_password_confirm"),
            reset_password_by_email: reader.flag("contracts.accounts.reset_password_by_email"),
            account_deletion: reader.flag("contracts.accounts.account_deletion"),
        }
    }
}

/// Something that a login answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginAnswer {
    /// A token in the body.
    Token,
    /// A cookie.
    Cookie,
    /// A pair of JSON Web Tokens in the body.
    Jwt,
}

impl AccountsContractSettings {
    /// Returns whether a login answers with this: as the contract's own list says, or else `[login]`.
    pub fn answers_login_with(&self, answer: LoginAnswer, login: &LoginSettings) -> bool {
        if !self.login.is_empty() {
            return self.login.contains(&answer);
        }
        match answer {
            LoginAnswer::Token => login.token,
            LoginAnswer::Cookie => login.cookie,
            LoginAnswer::Jwt => false,
        }
    }
}

/// `[contracts.tutorial]`: the token API of a tutorial for Wagtail and Django REST framework.
#[derive(Clone, Debug)]
pub struct TutorialContractSettings {
    /// Whether the contract is served.
    pub enabled: bool,
    /// The path that its endpoints stand below; begins and ends with a slash.
    pub base_path: String,
}

impl TutorialContractSettings {
    fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.flag("contracts.tutorial.enabled"),
            base_path: reader.parsed("contracts.tutorial.base_path", parse_base_path),
        }
    }
}
