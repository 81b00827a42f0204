//! Which pages for people the program's own server has beside the contracts.

use super::mode::Mode;
use super::reader::Reader;

/// `[pages]`: pages for people, beside the contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PagesSettings {
    /// The sample app, which stands at the root. See [`Settings::serve_app`](super::Settings::serve_app).
    pub app: Served,
    /// The page that shows caught mails, and the same as JSON. Production refuses [`Served::Always`].
    pub mailbox: Served,
    /// The description of the HTTP API at `/api/openapi.json`, and the page `/docs` that shows it.
    pub docs: Served,
}

impl PagesSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            app: Served::read(reader, "pages.app"),
            mailbox: Served::read(reader, "pages.mailbox"),
            docs: Served::read(reader, "pages.docs"),
        }
    }
}

/// When something beside the contracts is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Served {
    /// In development only.
    Development,
    /// In production too.
    Always,
    /// Not at all.
    Never,
}

impl Served {
    /// Returns whether it is served in this mode.
    pub fn is_on(self, mode: Mode) -> bool {
        match self {
            Self::Development => mode == Mode::Development,
            Self::Always => true,
            Self::Never => false,
        }
    }

    /// Reads the setting `key`.
    pub(super) fn read(reader: &mut Reader, key: &str) -> Self {
        let choices = [("development", Self::Development), ("always", Self::Always), ("never", Self::Never)];
        reader.choice(key, &choices)
    }
}
