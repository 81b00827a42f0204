//! Users who are deleted while somebody asks for something in their name: clients get the ordinary answer, and the log
//! tells of no fault.

use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::process::{Home, Program};
use crate::support::smtp_server::{Act, SmtpServer, Stage};

fn settings(smtp: &SmtpServer) -> String {
    format!(
        "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n[throttle]\nenabled = false\n\
         [login]\nrequire_verified = false\n[log]\nlevel = \"debug\"\n\
         [mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        smtp.port()
    )
}

fn database(home: &Home) -> SqliteConnection {
    let file: PathBuf = home.path("var/countersign.sqlite3");
    let mut connection = SqliteConnection::establish(&file.to_string_lossy()).expect("the program has made it");
    connection.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA foreign_keys = ON").expect("it is SQL");
    connection
}

async fn post(program: &Program, path: &str, body: &Value) -> u16 {
    let url = format!("{}{path}", program.base_url().await);
    let answer = reqwest::Client::new().post(url).json(body).send().await;
    answer.expect("the program answers").status().as_u16()
}

#[track_caller]
fn tells_of_no_fault(program: &Program) {
    let log = program.log();
    for fault in ["FOREIGN KEY", "ERROR", "sent twice"] {
        assert!(!log.contains(fault), "{fault}: {log}");
    }
}

/// The user goes between the look-up and the mail: a trigger sees to that every time.
#[tokio::test]
async fn a_link_asked_for_in_the_name_of_a_user_who_has_just_gone_is_answered_as_ever() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings(&smtp));
    let program = home.serve();
    program.register("ann").await;
    smtp.wait_for(1).await;
    let trigger = "CREATE TRIGGER gone BEFORE INSERT ON outbox WHEN new.user_id IS NOT NULL
                   BEGIN DELETE FROM users WHERE id = new.user_id; END";
    database(&home).batch_execute(trigger).expect("the table is there");
    assert_eq!(post(&program, "send-reset-password-link/", &json!({ "login": "ann" })).await, 200);
    let again = json!({ "email": "ann@mail.example" });
    assert_eq!(post(&program, "resend-verification/", &again).await, 200);
    tells_of_no_fault(&program);
}

#[tokio::test]
async fn users_deleted_beside_all_that_is_asked_in_their_name_break_nothing() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings(&smtp));
    let program = home.serve();
    for round in 0..10 {
        let names: Vec<String> = (0..4).map(|number| format!("user{round}x{number}")).collect();
        for name in &names {
            program.register(name).await;
        }
        let asking = names.iter().flat_map(|name| {
            let login = json!({ "login": name, "password": "Kettle-Harbor-42" });
            [
                ("send-reset-password-link/", json!({ "login": name })),
                ("resend-verification/", json!({ "email": format!("{name}@mail.example") })),
                ("login/", login),
            ]
        });
        let asking = asking.map(|(path, body)| {
            let program = &program;
            async move { (path, post(program, path, &body).await) }
        });
        let deleting = async {
            tokio::time::sleep(Duration::from_millis(round)).await;
            database(&home).batch_execute("DELETE FROM users").expect("it is SQL");
        };
        let (answers, ()) = tokio::join!(join_all(asking), deleting);
        for (path, status) in answers {
            assert!(status == 200 || path == "login/" && status == 400, "{path} {status}: {}", program.log());
        }
    }
    tells_of_no_fault(&program);
}

#[tokio::test]
async fn a_mail_whose_user_is_deleted_while_it_is_sent_is_not_said_to_be_sent_twice() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let home = Home::new(&settings(&smtp));
    let mut program = home.serve();
    program.register("ann").await;
    smtp.wait_for_held(1).await;
    home.run(&["users", "delete", "ann"]).done();
    smtp.release();
    program.wait_for_log("mail sent").await;
    program.terminate();
    assert!(program.ended().await.success());
    tells_of_no_fault(&program);
}

/// The mail server takes longer than the first lease, so the worker asks for a longer one and finds that the mail is gone.
#[tokio::test]
async fn a_mail_whose_user_is_deleted_is_not_said_to_be_sent_twice_however_long_its_server_takes() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let home = Home::new(&settings(&smtp).replace("[mail]\n", "[mail]\nlease_seconds = 6\n"));
    let mut program = home.serve();
    program.register("ann").await;
    smtp.wait_for_held(1).await;
    home.run(&["users", "delete", "ann"]).done();
    // The lease ends meanwhile: it has begun before the mail server took the mail.
    tokio::time::sleep(Duration::from_secs(6)).await;
    smtp.release();
    program.wait_for_log("mail_id").await;
    program.terminate();
    assert!(program.ended().await.success());
    tells_of_no_fault(&program);
    assert!(program.log().contains("mail sent"), "{}", program.log());
}
