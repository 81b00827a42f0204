//! Stores the result of a mail, also if the database fails at that moment: a mail that was sent must not be sent again.

use super::lease::{DATABASE_PAUSE, Hold};
use crate::store::{ClaimedMail, Settled, Settlement, Store};

/// Settles a claim. While the database fails it tries again, until another worker may claim the mail. Returns whether
/// the claim is settled.
pub(super) async fn settle(store: &Store, mail: &ClaimedMail, settlement: &Settlement, hold: Hold) -> bool {
    let mut is_first_try = true;
    loop {
        let mail_id = &mail.id;
        match store.settle_mail(mail_id.clone(), mail.attempts, settlement.clone()).await {
            Ok(Settled::Written) => return true,
            // An earlier attempt may have been committed although the database reported a failure.
            Ok(Settled::Gone) if !is_first_try => return true,
            // Until the lease ends no other worker can have sent it: an administrator has deleted the user, or the user
            // has used another link.
            Ok(Settled::Gone) if hold.is_certain() => return true,
            Ok(Settled::Gone | Settled::TakenOver) => {
                tracing::warn!(
                    %mail_id,
                    "the lease ended while the mail was sent, or an operator had it sent again; it may be sent twice"
                );
                return false;
            }
            Err(error) if hold.outlasts(DATABASE_PAUSE) => {
                tracing::warn!(%mail_id, %error, "the mail could not be settled yet");
            }
            Err(error) => {
                tracing::error!(%mail_id, %error, "the mail could not be settled; it is tried again");
                return false;
            }
        }
        is_first_try = false;
        tokio::time::sleep(DATABASE_PAUSE).await;
    }
}
