//! `countersign mail`.

use std::fs;

use super::{QUIET, home, migrated_home};
use crate::process::Home;
use crate::support::smtp_server::{Act, SmtpServer, Stage};

#[test]
fn a_test_mail_goes_the_way_of_all_mails() {
    let home = home();
    let said = home.run(&["mail", "test", "ann@mail.example"]).done();
    assert_eq!(said, "The mail was taken. It went to the directory var/mailbox, not sent.\n");
    let files: Vec<_> = fs::read_dir(home.path("var/mailbox")).expect("it was made").collect();
    let [Ok(file)] = files.as_slice() else { panic!("one mail: {files:?}") };
    let mail = fs::read(file.path()).expect("it can be read");
    let mail = mailparse::parse_mail(&mail).expect("it is a mail");
    assert!(mail.get_body().expect("it decodes").contains("countersign mail test"));

    for address in ["nonsense", "ü@mail.example"] {
        let complaint = home.run(&["mail", "test", address]).complaint(2);
        assert!(complaint.contains("ann@example.org"), "{complaint}");
    }
}

#[test]
fn an_empty_queue_says_so() {
    let home = migrated_home();
    assert_eq!(home.run(&["mail", "queue"]).done(), "No mail waits.\n");
    assert_eq!(home.run(&["mail", "retry"]).done(), "No mail is parked.\n");
    for command in ["retry", "delete"] {
        let complaint = home.run(&["mail", command, "no-such-id"]).complaint(1);
        assert!(complaint.contains("no-such-id") && complaint.contains("`countersign mail queue`"), "{complaint}");
    }
}

#[tokio::test]
async fn a_mail_that_was_refused_is_parked_shown_and_sent_when_an_operator_says_so() {
    let smtp = SmtpServer::start();
    smtp.always(Stage::RcptTo, Act::reply("550 5.1.1 no such user"));
    let home = Home::new(&format!(
        "{QUIET}[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        smtp.port()
    ));
    let mut program = home.serve();
    program.register("ann").await;
    program.wait_for_log("mail parked").await;

    let queue = home.run(&["mail", "queue"]).done();
    for told in ["verify-registration", "parked since ", "tried 1", "RCPT TO: 550 5.1.1 no such user"] {
        assert!(queue.contains(told), "{told}: {queue}");
    }
    assert!(!queue.contains("mail.example"), "{queue}");
    assert_eq!(home.run(&["mail", "list"]).done(), queue);
    let json: serde_json::Value =
        serde_json::from_str(&home.run(&["mail", "queue", "--json"]).done()).expect("one mail");
    assert_eq!((&json["kind"], &json["state"]), (&"verify-registration".into(), &"parked".into()));
    assert_eq!((&json["attempts"], &json["due_at"]), (&1.into(), &serde_json::Value::Null));
    assert!(json["last_error"].as_str().expect("it failed").contains("550 5.1.1"), "{json}");
    assert!(json["parked_at"].is_string() && json["user_id"].is_string() && json["created_at"].is_string(), "{json}");

    smtp.heal();
    let id = queue.split_whitespace().next().expect("a line begins with the id").to_owned();
    assert_eq!(home.run(&["mail", "retry", &id]).done(), "1 mail is due now.\n");
    let mails = smtp.wait_for(1).await;
    assert_eq!(mails[0].to, ["ann@mail.example"]);
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
    assert_eq!(home.run(&["mail", "queue"]).done(), "No mail waits.\n");
}

#[tokio::test]
async fn a_deleted_mail_is_never_sent() {
    let smtp = SmtpServer::start();
    smtp.always(Stage::RcptTo, Act::reply("550 5.1.1 no such user"));
    let home = Home::new(&format!(
        "{QUIET}[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        smtp.port()
    ));
    let mut program = home.serve();
    program.register("ann").await;
    program.wait_for_log("mail parked").await;
    let queue = home.run(&["mail", "queue"]).done();
    let id = queue.split_whitespace().next().expect("a line begins with the id");
    let said = home.run(&["mail", "delete", id]).done();
    assert!(said.starts_with(&format!("Mail {id} (verify-registration, user ")), "{said}");
    assert_eq!(home.run(&["mail", "queue"]).done(), "No mail waits.\n");
    assert!(home.run(&["mail", "delete", id]).complaint(1).contains("no mail has the id"));
    program.terminate();
    assert_eq!(program.ended().await.code(), Some(0));
}
