//! Findings that show in development already.

use super::findings::sound;
use super::*;

type Change = fn(&mut Settings);

#[test]
fn a_port_that_does_not_go_with_its_encryption_is_a_risk_that_shows_at_once() {
    use SmtpTls::{Implicit, None, StartTls};
    for (port, tls, is_found) in [
        (465, StartTls, true),
        (465, None, true),
        (587, Implicit, true),
        (25, Implicit, true),
        (465, Implicit, false),
        (587, StartTls, false),
        (2525, Implicit, false),
    ] {
        let mut settings = sound();
        (settings.mail.smtp.port, settings.mail.smtp.tls) = (port, tls);
        let findings = settings.findings();
        let found = findings.iter().find(|finding| finding.key == "mail.smtp.port");
        assert_eq!(found.is_some_and(|finding| finding.shows_in_development), is_found, "{port} {tls:?}");
    }
}

#[test]
fn mails_that_the_network_may_read_are_told_at_once() {
    let changes: [(&str, Change, bool); 7] = [
        ("other machines reach it", |_| {}, true),
        ("IPv6", |s| s.server.bind = "[::]:8000".parse().unwrap(), true),
        ("an address of this machine in the network", |s| s.server.bind = "192.168.1.7:8000".parse().unwrap(), true),
        ("this machine alone", |s| s.server.bind = "localhost:8000".parse().unwrap(), false),
        ("no page", |s| s.pages.mailbox = Served::Never, false),
        ("no mails there", |s| s.mail.transport = MailTransport::Console, false),
        ("production", |s| s.mode = Mode::Production, false),
    ];
    for (what, change, is_found) in changes {
        let mut settings = Settings::defaults();
        settings.server.bind = "0.0.0.0:8000".parse().unwrap();
        change(&mut settings);
        let findings = settings.findings();
        let found = findings.iter().find(|finding| finding.key == "pages.mailbox");
        assert_eq!(found.is_some_and(|finding| finding.shows_in_development), is_found, "{what}");
    }
}
