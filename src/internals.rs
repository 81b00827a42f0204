//! What the tests and benches of this package look at from inside. It is no part of the public surface and changes
//! without notice.

pub use crate::app::{
    Listening, MetricsListening, Signals, Started, listen, listen_for_metrics, serve, served_openapi as openapi,
};
pub use crate::mail::context::{LinkValues, MailContext, MailLink, MailProvider, MailUser, in_words};
pub use crate::mail::dispatcher::Dispatcher;
pub use crate::mail::message::{Sender, build as build_mail};
pub use crate::mail::pages::{Page, Pages, PagesByContract};
pub use crate::mail::settings::{Resolution, SmtpCredentials, SmtpRelay, TransportSettings};
pub use crate::mail::templates::{Rendered, Site, Templates};
pub use crate::mail::transport::open as open_transport;
pub use crate::passwords::{HashingParameters, PasswordHasher};
pub use crate::store::{
    ClaimedMail, EmailSharing, MailKind, MigrationState, NewMail, OutboxEntry, ProfileChange, Purged, Store, User,
};
