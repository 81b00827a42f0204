//! Mails: what they say, how they travel, and the worker that sees that none is lost.
//!
//! One mail goes `templates.render(kind, &context)?` → `message::build(&sender, to, &rendered, outbox_id, now)?` →
//! `transport.send(&mail).await?`. All three fail with one [`DeliveryError`], which says whether another try makes
//! sense and holds nothing that must not be logged.

pub mod context;
pub mod delivery;
mod dispatcher;
pub mod message;
mod pages;
mod schedule;
pub mod settings;
pub mod templates;
pub mod transport;
mod turns;
mod worker;

pub use context::{LinkValues, MailContext, MailLink, MailUser, in_words};
pub use delivery::{DeliveryError, DeliveryFault};
pub use dispatcher::{Dispatcher, DispatcherError};
pub use message::{OutgoingMail, Sender};
pub use pages::{Page, Pages, PagesByContract};
pub use settings::{Resolution, SmtpCredentials, SmtpRelay, TransportSettings};
pub use templates::{
    Existing as ExistingTemplates, ExportError as ExportTemplatesError, Rendered, Site, TemplateError, Templates,
    export as export_templates,
};
pub use transport::{Delivery, Transport, TransportError, open as open_transport};
pub use worker::MailWorker;

pub use crate::settings::SmtpTls;
pub use crate::store::MailKind;
