//! `[pages]`: what would show everybody the links that take accounts over.

use super::row::{Row, judged};
use crate::settings::Served;

pub(super) const ROWS: &[Row] = &[judged("pages.mailbox", |settings, findings| {
    let message = "everybody could read the mails, whose links take accounts over; set \"development\", or \"never\"";
    findings.error(settings.pages.mailbox == Served::Always, message);
})];
