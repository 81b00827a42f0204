//! Pages for people, which the program's own server has beside the contracts.
//!
//! ```text
//! app             the sample app, a frontend that mailed links can lead to
//! documentation   the description of the HTTP API, as OpenAPI and as a page
//! files           files from `web/`, compiled in, and the headers that all pages share
//! mailbox         the mails that were caught, as a page and as JSON
//! preview         every mail with sample values
//! ```
//!
//! Which of them are served is in `[pages]` of the settings.

mod app;
mod documentation;
mod files;
mod mail_html;
mod mailbox;
mod preview;

use std::sync::Arc;

use crate::http::ServiceConfig;
use crate::settings::{Served, Settings};

use app::App;
use documentation::Documentation;
use mailbox::Mailbox;
use preview::Preview;

/// The pages that the settings switch on.
pub(crate) struct Pages {
    app: Option<App>,
    documentation: Option<Documentation>,
    mailbox: Option<(Mailbox, Preview)>,
}

impl Pages {
    /// Returns the pages that the settings switch on. `openapi` makes the description of the HTTP API.
    pub(crate) fn new(settings: &Settings, openapi: impl Fn() -> String + Send + Sync + 'static) -> Self {
        let is_on = |served: Served| served.is_on(settings.mode);
        Self {
            app: settings.serve_app().then(|| App::new(settings)),
            documentation: is_on(settings.pages.docs).then(|| Documentation::new(Arc::new(openapi))),
            mailbox: is_on(settings.pages.mailbox).then(|| (Mailbox::new(&settings.mail), Preview::new(settings))),
        }
    }

    /// Mounts the pages at the root of the server.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        if self.app.is_some() || self.documentation.is_some() || self.mailbox.is_some() {
            files::mount(files::SHARED, config);
        }
        if let Some(documentation) = &self.documentation {
            documentation.mount(config);
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
