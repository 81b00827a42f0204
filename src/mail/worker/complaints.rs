//! Refusals of the sender, logged once and not for every mail.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::mail::DeliveryError;

/// The shortest time between two log lines about a refusal that comes and goes.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(3_600);
/// More kinds of refusals than any server has.
const MOST_KINDS: usize = 100;

/// The refusals that were logged, and when. A kind is the refused command and the code.
#[derive(Debug, Default)]
pub(super) struct Complaints(Mutex<HashMap<(String, Option<u16>), Instant>>);

impl Complaints {
    /// Returns whether this refusal is a new one: no other of its kind came since the server last accepted a mail, or
    /// in the last hour.
    pub(super) fn is_new(&self, error: &DeliveryError) -> bool {
        let command = error.reason().split(':').next().unwrap_or_default().to_owned();
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = (command, error.code());
        if told.contains_key(&kind) || told.len() >= MOST_KINDS {
            return false;
        }
        told.insert(kind, Instant::now());
        true
    }

    /// Notes that the server accepted a mail: it does not refuse the sender, or not always.
    pub(super) fn forget_old(&self) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, told_at| told_at.elapsed() < TOLD_AGAIN_AFTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_refusal_is_new_once() {
        let complaints = Complaints::default();
        let refusal = |code, reason: &str| DeliveryError::sender_refused(Some(code), reason);
        assert!(complaints.is_new(&refusal(550, "MAIL FROM: 550 5.4.5 daily limit, id 1")));
        assert!(!complaints.is_new(&refusal(550, "MAIL FROM: 550 5.4.5 daily limit, id 2")));
        assert!(complaints.is_new(&refusal(535, "AUTH: 535 5.7.8 no")));
        complaints.forget_old();
        assert!(!complaints.is_new(&refusal(535, "AUTH: 535 5.7.8 no")), "it was told within the hour");
    }
}
