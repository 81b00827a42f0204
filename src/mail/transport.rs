//! How a mail is sent: to a mail server, into a directory, to standard output, or through a transport of an embedding
//! program.

mod console;
mod directory;
mod error;
mod smtp;

use std::fmt;
use std::future::ready;
use std::num::NonZeroUsize;
use std::pin::Pin;

use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::mail::settings::TransportSettings;

use directory::{Directory, LARGEST_BATCH};
pub use error::TransportError;
use smtp::Smtp;

/// Sends mails. Any number of mails may be in progress at once.
///
/// An embedding program passes its own to [`Builder::mail_transport`](crate::Builder::mail_transport), with
/// `mail.transport = "custom"`: for a provider's HTTP API, or a queue. Mails stay in the outbox until `send` has
/// succeeded, so a transport need not keep or retry any.
///
/// # Example
///
/// ```
/// use countersign::mail::{DeliveryError, Delivery, OutgoingMail, Transport};
///
/// #[derive(Debug)]
/// struct Provider;
///
/// impl Transport for Provider {
///     fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a> {
///         Box::pin(async move {
///             let taken = post_to_the_provider(mail.id(), mail.bytes()).await;
///             taken.map_err(|status| match status {
///                 400..500 => DeliveryError::refused(Some(status), "the provider refuses the mail"),
///                 _ => DeliveryError::delayed(Some(status), "the provider does not take mails just now"),
///             })
///         })
///     }
/// }
/// # async fn post_to_the_provider(_: &str, _: &[u8]) -> Result<(), u16> { Ok(()) }
/// ```
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends one mail. `Ok` means that the receiving server is responsible for it now.
    ///
    /// [`OutgoingMail::id`] is the same at every attempt: a provider can use it to drop a second copy. Dropping the
    /// future cancels the attempt; the mail may have been accepted all the same.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::refused`] where another attempt makes no sense, which parks the mail;
    /// [`DeliveryError::delayed`] for everything else, which sends it again later.
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a>;

    /// Checks whether mails can be sent, without sending one.
    ///
    /// # Errors
    ///
    /// [`DeliveryError::delayed`] with the reason.
    fn check(&self) -> Delivery<'_> {
        Box::pin(ready(Ok(())))
    }

    /// Returns how many mails may be in progress at once, 1024 at most; `None` means `mail.concurrency`. A mail in progress
    /// for more than 5 seconds no longer counts; there may be seven times as many of these.
    fn most_at_once(&self) -> Option<NonZeroUsize> {
        None
    }

    /// Closes connections that no mail is using. Called when the outbox is empty, and before the process ends.
    fn rest(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(ready(()))
    }
}

/// The future of one delivery.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send + 'a>>;

/// Makes a built-in transport ready to send. It neither connects nor creates a file before the first mail.
///
/// # Errors
///
/// Each [`TransportError`].
pub fn open(settings: TransportSettings) -> Result<Box<dyn Transport>, TransportError> {
    Ok(match settings {
        TransportSettings::Smtp(settings) => Box::new(Smtp::new(settings)?),
        TransportSettings::Directory { path } => Box::new(Directory::new(path).map_err(TransportError::Thread)?),
        TransportSettings::Console => Box::new(Console),
        TransportSettings::Custom => return Err(TransportError::Custom),
    })
}

/// A mail server. A 5xx reply to a mail refuses it, as does a server without SMTPUTF8 for an address that needs it.
/// Everything else delays it: 4xx, a timeout, a dead connection, failed TLS or login, 5xx before the mail's first
/// command.
impl Transport for Smtp {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a> {
        Box::pin(self.send_mail(mail))
    }

    /// Connects, encrypts and logs in.
    fn check(&self) -> Delivery<'_> {
        Box::pin(self.try_login())
    }

    fn rest(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.close_idle())
    }
}

impl Transport for Directory {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a> {
        Box::pin(self.write_mail(mail))
    }

    /// Checks whether this process can make files in the directory and sync it, or make the directory.
    fn check(&self) -> Delivery<'_> {
        Box::pin(self.try_writing())
    }

    /// No server limits them, and mails that are written together cost less.
    fn most_at_once(&self) -> Option<NonZeroUsize> {
        Some(LARGEST_BATCH)
    }
}

/// Standard output.
#[derive(Debug)]
struct Console;

impl Transport for Console {
    fn send<'a>(&'a self, mail: &'a OutgoingMail) -> Delivery<'a> {
        Box::pin(console::print(mail))
    }
}
