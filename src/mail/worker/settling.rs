//! Writes down what became of a mail, also if the database fails just then: what was sent must not be sent again.

use std::time::Instant;

use super::DATABASE_PAUSE;
use crate::store::{ClaimedMail, Settlement, Store};

/// Settles a claim. While the database fails it tries again, until another may take the mail over. Tells whether the
/// claim is settled.
pub(super) async fn settle(store: &Store, mail: &ClaimedMail, settlement: &Settlement, lease_ends_at: Instant) -> bool {
    let mut is_first_try = true;
    loop {
        let mail_id = &mail.id;
        match store.settle_mail(mail_id.clone(), mail.attempts, settlement.clone()).await {
            Ok(true) => return true,
            // The database may have done it before and only failed to say so.
            Ok(false) if !is_first_try => return true,
            Ok(false) => {
                tracing::warn!(%mail_id, "the lease ended while the mail was sent; it may be sent twice");
                return false;
            }
            Err(error) if Instant::now() + DATABASE_PAUSE < lease_ends_at => {
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
