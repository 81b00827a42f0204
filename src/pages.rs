//! Pages for people, which the program's own server has beside the contracts.
//!
//! ```text
//! app       the sample app, a frontend that mailed links can lead to
//! files     files from `web/`, compiled in, and the headers that all pages share
//! mailbox   the mails that were caught, as a page and as JSON
//! preview   every mail with sample values
//! ```
//!
//! Which of them are served is in `[pages]` of the settings.

mod app;
mod files;
mod mail_html;
mod mailbox;
mod preview;

use crate::http::ServiceConfig;
use crate::settings::Settings;

use app::App;
use mailbox::Mailbox;
use preview::Preview;

/// The pages that the settings switch on.
pub(crate) struct Pages {
    app: Option<App>,
    mailbox: Option<(Mailbox, Preview)>,
}

impl Pages {
    /// Returns the pages that the settings switch on.
    pub(crate) fn new(settings: &Settings) -> Self {
        let is_mailbox_on = settings.pages.mailbox.is_on(settings.mode);
        Self {
            app: settings.serve_app().then(|| App::new(settings)),
            mailbox: is_mailbox_on.then(|| (Mailbox::new(&settings.mail), Preview::new(settings))),
        }
    }

    /// Mounts the pages at the root of the server.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        if self.app.is_some() || self.mailbox.is_some() {
            files::mount(files::SHARED, config);
        }
        if let Some((mailbox, preview)) = &self.mailbox {
            mailbox.mount(config);
            preview.mount(config);
        }
        if let Some(app) = &self.app {
            app.mount(config);
        }
    }
}
