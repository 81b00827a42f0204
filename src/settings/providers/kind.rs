//! The kinds of identity providers, and what is known of each.

/// How an identity provider is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenID Connect, with the addresses of its discovery document: Keycloak, Microsoft, Auth0, and others.
    OpenId,
    /// OpenID Connect of Google, whose access tokens can be checked too.
    Google,
    /// OAuth 2 of GitHub, or of a GitHub Enterprise server.
    GitHub,
    /// OAuth 2 of Facebook.
    Facebook,
    /// OAuth 1 of Twitter: pairs of tokens that an app got itself.
    Twitter,
}

impl ProviderKind {
    pub(super) const ALL: [Self; 5] = [Self::OpenId, Self::Google, Self::GitHub, Self::Facebook, Self::Twitter];

    /// Returns the kind as the settings write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "openid",
            Self::Google => "google",
            Self::GitHub => "github",
            Self::Facebook => "facebook",
            Self::Twitter => "twitter",
        }
    }

    /// Returns whether providers of this kind issue id tokens.
    pub const fn has_issuer(self) -> bool {
        matches!(self, Self::OpenId | Self::Google)
    }

    /// Returns whether providers of this kind tell verified addresses from others.
    pub const fn says_which_emails_are_verified(self) -> bool {
        !matches!(self, Self::Facebook | Self::Twitter)
    }

    /// Returns the keys that only tables of some kinds have.
    pub(super) const fn own_keys(self) -> &'static [&'static str] {
        match self {
            Self::OpenId => &["issuer", "scopes", "redirect_uris"],
            Self::Google => &["issuer", "scopes", "redirect_uris", "api_url"],
            Self::GitHub | Self::Facebook => &["scopes", "redirect_uris", "api_url", "web_url"],
            Self::Twitter => &["api_url"],
        }
    }

    pub(super) const fn title(self) -> Option<&'static str> {
        match self {
            Self::OpenId => None,
            Self::Google => Some("Google"),
            Self::GitHub => Some("GitHub"),
            Self::Facebook => Some("Facebook"),
            Self::Twitter => Some("Twitter"),
        }
    }

    pub(super) const fn issuer(self) -> Option<&'static str> {
        match self {
            Self::Google => Some("https://accounts.google.com"),
            _ => None,
        }
    }

    pub(super) const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::OpenId | Self::Google => &["openid", "email", "profile"],
            Self::GitHub => &["read:user", "user:email"],
            Self::Facebook => &["public_profile", "email"],
            Self::Twitter => &[],
        }
    }

    /// Returns the scopes that each let the provider tell the user's address, the narrowest first.
    pub(super) const fn email_scopes(self) -> &'static [&'static str] {
        match self {
            Self::OpenId | Self::Google | Self::Facebook => &["email"],
            Self::GitHub => &["user:email", "user"],
            Self::Twitter => &[],
        }
    }

    /// Returns where the API is, for pages at `web_url`.
    pub(super) fn api_url(self, web_url: Option<&str>) -> String {
        match (self, web_url) {
            // The API of GitHub Enterprise servers.
            (Self::GitHub, Some(web_url)) => format!("{web_url}/api/v3"),
            (Self::OpenId, _) => String::new(),
            (Self::Google, _) => "https://oauth2.googleapis.com".to_owned(),
            (Self::GitHub, None) => "https://api.github.com".to_owned(),
            (Self::Facebook, _) => "https://graph.facebook.com/v23.0".to_owned(),
            (Self::Twitter, _) => "https://api.twitter.com".to_owned(),
        }
    }

    pub(super) const fn web_url(self) -> &'static str {
        match self {
            Self::OpenId | Self::Google | Self::Twitter => "",
            Self::GitHub => "https://github.com",
            Self::Facebook => "https://www.facebook.com/v23.0",
        }
    }
}
