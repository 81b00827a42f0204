//! The dispatcher: renders a mail, adds its addresses and sends it through the transport.

use std::num::NonZeroUsize;

use super::message::{self, InvalidAddress, Sender};
use super::templates::{Palette, Rendered, Site, TemplateError, Templates};
use super::transport::{self, Transport, TransportError};
use super::{DeliveryError, MailContext, MailKind, PagesByContract, TransportSettings};
use crate::clock::Timestamp;
use crate::identity::{EmailAddress, UserId};
use crate::settings::{MailSettings, MailTransport};

/// Everything between an entry of the outbox and the mail server.
pub struct Dispatcher {
    templates: Templates,
    transport: Box<dyn Transport>,
    sender: Sender,
    destination: String,
    app_name: String,
}

/// Why no mail can be sent at all. Each message contains the remedy.
#[derive(Debug, thiserror::Error)]
pub enum DispatcherError {
    /// A template is missing, wrong, or uses a variable that does not exist.
    #[error("{0}")]
    Templates(#[from] TemplateError),
    /// The transport cannot be set up.
    #[error("{0}")]
    Transport(#[from] TransportError),
    /// The sender's address is invalid.
    #[error("`mail.from` or `mail.reply_to`: {0}")]
    Sender(#[from] InvalidAddress),
}

impl Dispatcher {
    /// Loads the templates, renders them with links to `pages`, and sets the transport up. It neither sends nor
    /// connects.
    ///
    /// # Errors
    ///
    /// Each [`DispatcherError`].
    pub fn open(settings: &MailSettings, pages: &PagesByContract) -> Result<Self, DispatcherError> {
        Self::with_transport(settings, pages, transport::open(TransportSettings::from(settings))?)
    }

    /// Does what [`Dispatcher::open`] does, with an existing transport.
    ///
    /// # Errors
    ///
    /// [`DispatcherError::Templates`] and [`DispatcherError::Sender`].
    pub fn with_transport(
        settings: &MailSettings,
        pages: &PagesByContract,
        transport: Box<dyn Transport>,
    ) -> Result<Self, DispatcherError> {
        let reply_to = settings.reply_to.as_ref().map(ToString::to_string);
        Ok(Self {
            templates: Templates::load_for(settings.templates_directory.as_deref(), |kind| pages.samples(kind))?
                .of_site(site(settings)),
            transport,
            sender: Sender::parse(&settings.from.to_string(), reply_to.as_deref())?,
            destination: destination(settings),
            app_name: settings.app_name.clone(),
        })
    }

    /// Sends one mail. `id` and `date` are the same at every attempt.
    ///
    /// # Errors
    ///
    /// The reason, and whether another attempt makes sense.
    pub async fn send(
        &self,
        kind: MailKind,
        context: &MailContext,
        to: &EmailAddress,
        id: &str,
        date: Timestamp,
    ) -> Result<(), DeliveryError> {
        let rendered = self.templates.render(kind, context)?;
        self.transport.send(&message::build(&self.sender, to.as_str(), &rendered, id, date)?).await
    }

    /// Sends a test mail.
    ///
    /// # Errors
    ///
    /// The mail server's answer.
    pub async fn send_test(&self, to: &EmailAddress, now: Timestamp) -> Result<(), DeliveryError> {
        let rendered = Rendered {
            subject: format!("Test mail of {}", self.app_name),
            text: "This mail was sent by `countersign mail test`. Mails are on their way.\n".to_owned(),
            html: None,
        };
        let id = format!("test-{}", UserId::generate(now));
        let sent = self.transport.send(&message::build(&self.sender, to.as_str(), &rendered, &id, now)?).await;
        self.transport.rest().await;
        sent
    }

    /// Checks the transport: the mail server answers, or the directory can be written.
    ///
    /// # Errors
    ///
    /// The reason why the transport cannot send mails.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        self.transport.check().await
    }

    /// Returns how many mails the transport takes at once, if it does not leave that to the settings.
    pub fn most_at_once(&self) -> Option<NonZeroUsize> {
        self.transport.most_at_once()
    }

    /// Closes connections that no mail is using.
    pub async fn rest(&self) {
        self.transport.rest().await;
    }

    /// Returns where mails go, as a text for people.
    pub fn destination(&self) -> &str {
        &self.destination
    }
}

/// Returns the variables that every mail of a site with these settings has.
pub(super) fn site(settings: &MailSettings) -> Site {
    Site {
        app_url: settings.app_url.as_ref().map_or_else(String::new, |url| url.as_str().to_owned()),
        support_address: settings.support_address.clone().unwrap_or_default(),
        logo_url: settings.logo_url.as_ref().map_or_else(String::new, |url| url.as_str().to_owned()),
        colors: Palette::of(settings.accent_color),
    }
}

fn destination(settings: &MailSettings) -> String {
    match settings.transport {
        MailTransport::Directory => format!("the directory {}, not sent", settings.directory.display()),
        MailTransport::Console => "this terminal, not sent".to_owned(),
        MailTransport::Custom => "the transport of the program".to_owned(),
        MailTransport::Smtp => {
            let host = settings.smtp.host.as_deref().unwrap_or("");
            format!("the mail server {host}:{}", settings.smtp.port)
        }
    }
}
