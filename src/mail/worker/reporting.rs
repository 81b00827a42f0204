//! Counts and logs what becomes of mails.

use std::sync::Arc;

use super::{MailWorker, Mailer, Unsent};
use crate::mail::MailKind;
use crate::metrics::{MailOutcome, Metrics};
use crate::store::{ClaimedMail, Settlement};

impl MailWorker {
    /// Counts mails. Only before the worker runs.
    #[must_use]
    pub(crate) fn counted_by(mut self, metrics: Metrics) -> Self {
        Arc::get_mut(&mut self.mailer).expect("no mail is being sent yet").metrics = metrics;
        self
    }
}

impl Mailer {
    /// Counts a mail, after its outcome is stored in the database. Decoys are no mails.
    pub(super) fn count(&self, claimed: &ClaimedMail, sent: &Result<(), Unsent>, settlement: &Settlement) {
        let outcome = match (sent, settlement) {
            (Ok(()), _) => MailOutcome::Sent,
            (Err(Unsent::Obsolete(_)), _) => MailOutcome::Dropped,
            (Err(Unsent::Failed(_)), Settlement::Postponed { .. }) => MailOutcome::Retried,
            (Err(Unsent::Failed(_)), Settlement::Parked { .. } | Settlement::Done) => MailOutcome::Parked,
        };
        if let Some(kind) = claimed.kind {
            self.metrics.mail(MailKind::as_str(kind), outcome);
        }
    }

    /// Logs the result of a mail, after it is stored in the database.
    pub(super) fn log(&self, claimed: &ClaimedMail, sent: &Result<(), Unsent>, settlement: &Settlement) {
        let ClaimedMail { id, kind, attempts, user, .. } = claimed;
        let mail = kind.map(MailKind::as_str);
        let user_id = user.as_ref().map(|user| user.id.as_str());
        match (sent, settlement) {
            (Ok(()), _) => {
                self.complaints.forget_old();
                tracing::info!(mail_id = %id, mail, user_id, "mail sent");
            }
            (Err(Unsent::Obsolete(why)), _) => tracing::debug!(mail_id = %id, mail, why, "mail dropped"),
            (Err(Unsent::Failed(error)), Settlement::Postponed { due_at, .. }) => {
                let (code, reason) = (error.code(), error.reason());
                if error.is_about_the_sender() && self.complaints.is_new(error) {
                    tracing::error!(
                        code,
                        error = reason,
                        "the mail server refuses mails of this sender or this machine; they wait, see [mail] in the \
                         settings"
                    );
                }
                tracing::warn!(mail_id = %id, user_id, attempts, code, error = reason, %due_at, "mail postponed");
            }
            (Err(Unsent::Failed(error)), Settlement::Parked { .. } | Settlement::Done) => {
                let (code, error) = (error.code(), error.reason());
                tracing::error!(mail_id = %id, user_id, attempts, code, error, "mail parked");
            }
        }
    }
}
