//! The text of an answer.

use std::borrow::Cow;

/// Text of an answer: mostly a constant, sometimes made for the occasion.
pub(crate) type Message = Cow<'static, str>;
