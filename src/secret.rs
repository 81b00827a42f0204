//! Text that must not be shown: passwords, keys, the passwords of mail servers and databases.

use zeroize::Zeroizing;

/// A text whose `Debug` shows nothing and whose memory is wiped when it is dropped.
///
/// There is no `Display`, no `Serialize` and no `PartialEq`: secrets must be compared in constant time.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps `text` as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Returns the text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Implements `Debug` for types whose values must not be shown. It writes their name alone: `Secret(…)`.
macro_rules! debug_as_name {
    ($($name:ident),+) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}

pub(crate) use debug_as_name;

debug_as_name!(Secret);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_a_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }
}
