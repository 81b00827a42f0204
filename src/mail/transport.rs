//! How a mail leaves the house: to a mail server, into a directory, or to the screen.

mod console;
mod directory;
mod smtp;

use std::path::PathBuf;

use crate::mail::delivery::DeliveryError;
use crate::mail::message::OutgoingMail;
use crate::mail::settings::TransportSettings;

use directory::Directory;
use smtp::Smtp;

/// The way mails go. Share it behind an `Arc`; any number of mails may be on their way at once.
#[derive(Debug)]
pub struct Transport(Way);

#[derive(Debug)]
enum Way {
    Smtp(Box<Smtp>),
    Directory(Directory),
    Console,
}

/// Why mails cannot be sent with these settings at all.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file of extra root certificates is not there, or holds none.
    #[error("the certificates in `{}` cannot be used: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The TLS library refuses.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl Transport {
    /// Makes ready to send. Nothing is connected or created before the first mail.
    ///
    /// # Errors
    ///
    /// [`TransportError::Certificates`] and [`TransportError::Tls`].
    pub fn open(settings: TransportSettings) -> Result<Self, TransportError> {
        Ok(Self(match settings {
            TransportSettings::Smtp(settings) => Way::Smtp(Box::new(Smtp::new(settings)?)),
            TransportSettings::Directory { path } => Way::Directory(Directory::new(path)),
            TransportSettings::Console => Way::Console,
        }))
    }

    /// Sends one mail. `Ok` means that the other side has taken it over.
    ///
    /// Dropping the future breaks the sending off; the mail may have been taken all the same.
    ///
    /// # Errors
    ///
    /// [`DeliveryFault::Refused`](crate::mail::DeliveryFault::Refused) if a server answered 5xx to this mail, or the
    /// recipient's address needs SMTPUTF8 and the server has not got it.
    /// [`DeliveryFault::Delayed`](crate::mail::DeliveryFault::Delayed) for everything else: 4xx, silence, a dead
    /// connection, TLS or a login that fails, 5xx before the mail's turn, a full disk.
    pub async fn send(&self, mail: &OutgoingMail) -> Result<(), DeliveryError> {
        match &self.0 {
            Way::Smtp(smtp) => smtp.send(mail).await,
            Way::Directory(directory) => directory.send(mail).await,
            Way::Console => console::print(mail).await,
        }
    }

    /// Tries whether mails can be sent, without sending one: connects, encrypts and logs in, or writes an empty file
    /// and removes it.
    ///
    /// # Errors
    ///
    /// [`DeliveryFault::Delayed`](crate::mail::DeliveryFault::Delayed) with what stands in the way.
    pub async fn check(&self) -> Result<(), DeliveryError> {
        match &self.0 {
            Way::Smtp(smtp) => smtp.check().await,
            Way::Directory(directory) => directory.check().await,
            Way::Console => Ok(()),
        }
    }

    /// Closes connections that no mail is using. For when the outbox is empty, and before the end.
    pub async fn rest(&self) {
        if let Way::Smtp(smtp) = &self.0 {
            smtp.rest().await;
        }
    }
}
