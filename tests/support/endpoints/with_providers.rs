//! The endpoints that are served only where the settings name identity providers.

use super::Contract;

impl Contract {
    /// Methods and paths, as the contract's page has them. The older package's page refers to the newer one's.
    pub fn endpoints_with_providers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Accounts => &[
                ("GET", "providers/"),
                ("POST", "providers/{name}/start/"),
                ("POST", "providers/{name}/finish/"),
                ("GET", "provider-accounts/"),
                ("DELETE", "provider-accounts/{id}/"),
            ],
            Self::Djoser => &[("GET", "o/{provider}/"), ("POST", "o/{provider}/")],
            Self::DjRestAuth | Self::DjangoRestAuth => &[
                ("POST", "{provider}/"),
                ("POST", "{provider}/connect/"),
                ("GET", "socialaccounts/"),
                ("POST", "socialaccounts/{id}/disconnect/"),
            ],
            Self::Profiles | Self::Tutorial => &[],
        }
    }
}
