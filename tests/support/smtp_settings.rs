//! How the application is told to use the test's mail server.

use countersign::Settings;
use countersign::settings::{MailTransport, SmtpTls};

use super::smtp_server::SmtpServer;

impl SmtpServer {
    /// Lets the application's mails go to this server, in clear text.
    pub fn take_mails_of(&self, settings: &mut Settings) {
        settings.mail.transport = MailTransport::Smtp;
        settings.mail.smtp.host = Some("127.0.0.1".to_owned());
        settings.mail.smtp.port = self.port();
        settings.mail.smtp.tls = SmtpTls::None;
    }
}
