//! Identity providers: who a user is, by the word of Google, GitHub, Facebook, Twitter, or any provider of OpenID Connect.
//!
//! This room knows no user of this site, no contract and no database. It takes what a frontend brought of a login at a
//! provider, a [`Proof`], and returns whom the provider says it belongs to, a [`ProviderIdentity`], or why not. Nothing
//! of it is stored, and no token of a provider outlives the request that brought it.
//!
//! All requests go through one door (`outgoing`), to hosts that the settings name (`hosts`), and run on one thread of
//! their own (`lane`).

mod authentication;
mod cached;
mod check;
mod error;
mod exchange;
mod facebook;
mod github;
mod google;
mod hosts;
mod identity;
mod lane;
mod list;
mod openid;
mod outgoing;
mod peer;
mod proof;
mod provider;
mod twitter;

pub use self::check::Finding;
pub use self::error::{IdTokenFault, ProviderError, Refusal};
pub use self::identity::{ProviderEmail, ProviderIdentity};
pub use self::list::{OpenError, Providers};
pub use self::proof::{AuthorizationRequest, Proof};
pub use self::provider::{Provider, Rules};
pub use crate::settings::ProviderKind as Kind;
