//! A running program whose mail server refuses its sender: an operator is told once, and every mail arrives in the end.

use crate::process::Home;
use crate::support::smtp_server::{Act, SmtpServer, Stage};

#[tokio::test]
async fn a_refusal_of_the_sender_is_told_once_and_every_mail_arrives_when_it_is_over() {
    let smtp = SmtpServer::start();
    smtp.always(Stage::MailFrom, Act::reply("550 5.4.5 daily limit exceeded"));
    let home = Home::new(&format!(
        "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n[throttle]\nenabled = false\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n\
         [mail]\ntransport = \"smtp\"\nfirst_retry_after_seconds = 1\nlongest_retry_after_seconds = 1\n",
        smtp.port()
    ));
    let program = home.serve();
    for name in ["ann", "bob", "cyd"] {
        program.register(name).await;
    }
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    while program.log().matches("mail postponed").count() < 6 {
        tick.tick().await;
    }
    let log = program.log();
    let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(errors.len(), 1, "{log}");
    assert!(errors[0].contains("refuses mails of this sender") && errors[0].contains("550 5.4.5"), "{log}");

    smtp.heal();
    smtp.wait_for(3).await;
    assert!(!program.log().contains("mail parked"), "{}", program.log());
}
