//! Mails: their texts, how they are sent, and the worker that makes sure that none is lost.
//!
//! One mail goes `templates.render(kind, &context)?` → `message::build(&sender, to, &rendered, outbox_id, now)?` →
//! `transport.send(&mail).await?`. All three fail with one [`DeliveryError`], which reports whether another attempt
//! makes sense and holds nothing that must not be logged.

mod caught;
pub(crate) mod context;
mod delivery;
pub(crate) mod dispatcher;
pub(crate) mod message;
pub(crate) mod pages;
mod preview;
mod queue;
mod schedule;
pub(crate) mod settings;
pub(crate) mod templates;
pub(crate) mod transport;
mod turns;
mod worker;

pub use delivery::{DeliveryError, DeliveryFault};
pub use message::OutgoingMail;
pub use queue::MailQueue;
pub use transport::{Delivery, Transport, TransportError};
pub use worker::MailWorker;

pub use crate::store::OutboxEntry;

pub(crate) use caught::CaughtMails;
pub(crate) use context::{LinkValues, MailContext, MailLink, MailProvider, MailUser, in_words};
pub(crate) use dispatcher::{Dispatcher, DispatcherError};
pub(crate) use pages::{Page, Pages, PagesByContract};
pub(crate) use preview::Preview;
pub(crate) use settings::TransportSettings;
pub(crate) use templates::{
    Existing as ExistingTemplates, ExportError as ExportTemplatesError, export as export_templates,
};

pub(crate) use crate::store::MailKind;
