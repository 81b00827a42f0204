//! `[pages]`: what would show everybody the links that take accounts over.

use super::row::{Row, harmless, judged};
use crate::settings::{MailTransport, Mode, Served, Settings};

pub(super) const ROWS: &[Row] = &[
    harmless("pages.app", "files without secrets, which call the API as any frontend does"),
    judged("pages.mailbox", |settings, findings| {
        let message =
            "everybody could read the mails, whose links take accounts over; set \"development\", or \"never\"";
        findings.error(settings.pages.mailbox == Served::Always, message);
        let message = format!(
            "people on other machines can open /mailbox and read the mails, whose links take accounts over; bind \
             \"localhost:{}\" (from a container publish the port on 127.0.0.1 alone), or set \"never\"",
            settings.server.bind.address().port()
        );
        findings.risk_of_any_mode(shows_mails_to_the_network(settings), &message);
    }),
    harmless("pages.docs", "it tells what docs/http-api tells, and which features are on"),
];

fn shows_mails_to_the_network(settings: &Settings) -> bool {
    settings.mode == Mode::Development
        && settings.pages.mailbox.is_on(settings.mode)
        && settings.mail.transport == MailTransport::Directory
        && !settings.server.bind.address().ip().to_canonical().is_loopback()
}
