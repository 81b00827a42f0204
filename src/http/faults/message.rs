//! The text of an answer.

use std::borrow::Cow;

/// The text of an answer: mostly a constant, sometimes formatted for one request.
pub(crate) type Message = Cow<'static, str>;
