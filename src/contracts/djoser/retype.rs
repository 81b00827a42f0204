//! Whether clients must send a new value twice.

/// Whether clients must send a new value twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retype {
    Asked,
    /// The second value is ignored.
    NotAsked,
}

impl Retype {
    pub(super) fn asked_if(is_asked: bool) -> Self {
        if is_asked { Self::Asked } else { Self::NotAsked }
    }
}
