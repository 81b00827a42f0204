//! The two packages whose contract this is, and the answers in which they differ.

use crate::settings::{DjRestAuthContractSettings, Settings};

/// A package, each with settings and paths of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::contracts) enum Edition {
    /// dj-rest-auth.
    DjRestAuth,
    /// django-rest-auth, from which dj-rest-auth was forked.
    DjangoRestAuth,
}

impl Edition {
    pub(in crate::contracts) const ALL: [Self; 2] = [Self::DjRestAuth, Self::DjangoRestAuth];

    /// Returns the section of the edition.
    pub(in crate::contracts) fn settings(self, settings: &Settings) -> &DjRestAuthContractSettings {
        match self {
            Self::DjRestAuth => &settings.contracts.dj_rest_auth,
            Self::DjangoRestAuth => &settings.contracts.django_rest_auth,
        }
    }

    /// Returns the name in the settings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DjRestAuth => "dj_rest_auth",
            Self::DjangoRestAuth => "django_rest_auth",
        }
    }

    /// Returns whether users can ask for another link to a new account.
    pub(super) fn resends_links(self) -> bool {
        self == Self::DjRestAuth
    }

    /// Returns whether a link that proves an address is accepted again, as long as the user has the address.
    pub(super) fn accepts_used_keys(self) -> bool {
        self == Self::DjangoRestAuth
    }

    /// Returns whether a logout without a login is refused where logins set no session cookie.
    pub(super) fn refuses_anonymous_logouts(self) -> bool {
        self == Self::DjRestAuth
    }
}
