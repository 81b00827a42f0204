//! The secrets of a user's row that links are bound to.

use crate::links::LinkSecret;
use crate::secret::Secret;

/// Generates a secret that new links are bound to. Links that are bound to an older secret become invalid.
pub(crate) fn fresh_secret() -> Secret {
    Secret::new(LinkSecret::generate().to_hex())
}
