//! `[pages]`: what would show everybody the links that take accounts over.

use super::row::{Row, harmless, judged};
use crate::settings::Served;

pub(super) const ROWS: &[Row] = &[
    harmless("pages.app", "files without secrets, which call the API as any frontend does"),
    judged("pages.mailbox", |settings, findings| {
        let message =
            "everybody could read the mails, whose links take accounts over; set \"development\", or \"never\"";
        findings.error(settings.pages.mailbox == Served::Always, message);
    }),
    harmless("pages.docs", "it tells what docs/http-api tells, and which features are on"),
];
