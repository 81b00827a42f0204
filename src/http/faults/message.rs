//! The text of an error response.

use std::borrow::Cow;

/// The text of an error response: mostly a constant, sometimes formatted for one request.
pub(crate) type Message = Cow<'static, str>;
