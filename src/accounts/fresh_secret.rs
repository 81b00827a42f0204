//! The secrets of a user's row that links are bound to.

use crate::links::LinkSecret;
use crate::secret::Secret;

/// Makes what links are bound to from now on: links that were bound to an older one are void.
pub(super) fn fresh_secret() -> Secret {
    Secret::new(LinkSecret::generate().to_hex())
}
