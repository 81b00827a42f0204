//! Why a transport cannot be set up.

use std::path::PathBuf;

/// Why mails cannot be sent with these settings at all.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The file of extra root certificates is missing, or holds none.
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
    /// The operating system refuses the thread that writes mails into a directory.
    #[error("the thread that writes mails cannot be started: {0}")]
    Thread(#[source] std::io::Error),
    /// The settings leave the mails to an embedding program, which provided no transport.
    #[error(
        "`mail.transport` is \"custom\", which only a program that embeds Countersign can serve, with \
         `Builder::mail_transport`; set \"smtp\", \"directory\" or \"console\""
    )]
    Custom,
}
