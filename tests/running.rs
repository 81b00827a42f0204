//! A running program in hard times: its mail server hangs, its clients are slow, it is told to stop.

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::sqlite::SqliteConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::{Home, Program, registration};
use crate::support::smtp_server::{Act, SmtpServer, Stage};

fn settings(smtp: &SmtpServer, more: &str) -> String {
    format!(
        "[server]\nbind = \"127.0.0.1:0\"\nrequest_timeout_seconds = 1\n\
         [passwords]\nmemory_kib = 8\npasses = 1\n\
         [throttle]\nenabled = false\n\
         [mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\ncommand_timeout_seconds = 1\n\
         [mail]\ntransport = \"smtp\"\n{more}",
        smtp.port()
    )
}

/// How long connections are kept, and how long requests may take to come, in seconds.
fn settings_with_times(smtp: &SmtpServer, keep_alive: u64, request_timeout: u64) -> String {
    let times = format!("request_timeout_seconds = {request_timeout}\nkeep_alive_seconds = {keep_alive}");
    settings(smtp, "").replace("request_timeout_seconds = 1", &times)
}

/// The processor time a process has used, in hundredths of a second.
fn processor_time(program: &Program) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", program.id())).expect("the program runs");
    // The name, in parentheses, may hold blanks; user and system time are the 12th and 13th field after it.
    let fields = stat.rsplit_once(") ").expect("the kernel writes it").1;
    let times = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
    times.sum()
}

/// A worker that does not wait takes the whole of every hang; a crowded machine charges us with some of a few.
#[tokio::test]
async fn waiting_for_a_mail_server_that_hangs_costs_no_processor_time() {
    let smtp = SmtpServer::start();
    smtp.always(Stage::Greeting, Act::Hang);
    let home = Home::new(&settings(&smtp, "concurrency = 1\nfirst_retry_after_seconds = 60\n"));
    let program = home.serve();
    let names = ["ann", "bob", "cleo", "dora", "emil", "fay", "gus", "hal"];
    for name in names {
        program.register(name).await;
    }
    let mut hangs = Vec::new();
    for connection in 2..names.len() {
        smtp.wait_for_connections(connection).await;
        let (began, before) = (Instant::now(), processor_time(&program));
        smtp.wait_for_connections(connection + 1).await;
        let spent = processor_time(&program) - before;
        if began.elapsed() > Duration::from_millis(900) {
            if spent < 10 {
                return;
            }
            hangs.push(spent);
        }
    }
    panic!("of the 100 hundredths of a second that the server hung each time: {hangs:?}");
}

#[tokio::test]
async fn a_mail_that_was_taken_while_the_database_failed_is_not_sent_again() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let lease = "lease_seconds = 6\nsend_timeout_seconds = 5\nfirst_retry_after_seconds = 1\n";
    let home = Home::new(&settings(&smtp, lease).replace("command_timeout_seconds = 1", "command_timeout_seconds = 5"));
    let program = home.serve();
    program.register("ann").await;
    smtp.wait_for_held(1).await;
    let database = home.path("var/countersign.sqlite3");
    let mut database = SqliteConnection::establish(&database.to_string_lossy()).expect("the program has made it");
    database.batch_execute("ALTER TABLE outbox RENAME TO gone").expect("it is there");
    smtp.release();
    program.wait_for_log("could not be settled").await;
    database.batch_execute("ALTER TABLE gone RENAME TO outbox").expect("it is there");

    let deadline = Instant::now() + Duration::from_secs(20);
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    while home.run(&["mail", "queue"]).done().contains("verify-registration") {
        assert!(Instant::now() < deadline, "the mail still waits:\n{}", program.log());
        tick.tick().await;
    }

    assert_eq!(smtp.received().len(), 1, "{}", program.log());
}

/// A registration as it travels: head and body. The program asks for the body with "100 Continue".
fn request(name: &str) -> (String, String) {
    let body = registration(name).to_string();
    let head = format!(
        "POST /api/v1/accounts/register/ HTTP/1.1\r\nHost: app.example\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head, body)
}

async fn connect(program: &Program) -> TcpStream {
    TcpStream::connect(program.socket().await).await.expect("the program listens")
}

async fn begin(program: &Program, head: &str) -> TcpStream {
    let mut connection = connect(program).await;
    announce(&mut connection, head).await;
    connection
}

/// Sends a request's head and waits until the program has taken it up.
async fn announce(connection: &mut TcpStream, head: &str) {
    connection.write_all(head.as_bytes()).await.expect("the program listens");
    let mut go_on = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    connection.read_exact(&mut go_on).await.expect("the program asks for the body");
    assert!(go_on.starts_with(b"HTTP/1.1 100 "));
}

async fn ask_whether_alive(connection: &mut TcpStream) {
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("the program listens");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\"alive\"}") {
        assert_ne!(connection.read_buf(&mut answer).await.expect("the program answers"), 0);
    }
}

/// Reads until the program closes the connection, which must happen within 10 seconds.
async fn read_to_end(mut connection: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), connection.read_to_end(&mut answer)).await;
    match read.expect("the program closes the connection within 10 s") {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(answer).expect("it answers in UTF-8")
}

#[tokio::test]
async fn a_request_in_flight_and_a_mail_being_sent_are_finished_before_the_end() {
    let smtp = SmtpServer::start();
    smtp.next(Stage::EndOfData, Act::Hold);
    let home = Home::new(&settings(&smtp, "send_timeout_seconds = 20\n"));
    let mut program = home.serve();
    let _idle = connect(&program).await;
    program.register("ann").await;
    smtp.wait_for_held(1).await;
    let (head, body) = request("bob");
    let mut in_flight = begin(&program, &head).await;

    program.terminate();
    in_flight.write_all(body.as_bytes()).await.expect("the connection is still open");
    let answer = read_to_end(in_flight).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    smtp.release();
    let status = program.ended().await;

    assert_eq!(status.code(), Some(0), "{}", program.log());
    let sent: Vec<_> = smtp.received().into_iter().flat_map(|mail| mail.to).collect();
    assert!(sent.contains(&"ann@mail.example".to_owned()), "{sent:?}");
    // Bob's mail may have been taken up or not: it is sent or it waits, and never both.
    let queue = home.run(&["mail", "queue"]).done();
    let waiting = queue.lines().filter(|line| line.contains("verify-registration")).count();
    assert_eq!(sent.len() + waiting, 2, "{sent:?} and {queue}");
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_is_cut_off() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings(&smtp, ""));
    let program = home.serve();
    let mut connection = connect(&program).await;
    connection.write_all(b"POST /api/v1/accounts/register/ HTTP/1.1\r\nHost: app").await.expect("it listens");
    let answer = read_to_end(connection).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_later_head_that_does_not_come_to_its_end_is_cut_off_as_well() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings_with_times(&smtp, 1, 1));
    let program = home.serve();
    let mut connection = connect(&program).await;
    ask_whether_alive(&mut connection).await;
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc").await.expect("the program listens");
    assert_eq!(read_to_end(connection).await, "");
}

#[tokio::test]
async fn an_idle_connection_is_kept_for_as_long_as_the_settings_say() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings_with_times(&smtp, 2, 60));
    let program = home.serve();
    let mut connection = connect(&program).await;
    ask_whether_alive(&mut connection).await;
    let answered = Instant::now();
    assert_eq!(read_to_end(connection).await, "");
    let kept = answered.elapsed();
    assert!(kept >= Duration::from_secs(2), "{kept:?}");
}

#[tokio::test]
async fn a_request_that_takes_longer_than_connections_are_kept_is_answered() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings_with_times(&smtp, 1, 60));
    let program = home.serve();
    let mut connection = connect(&program).await;
    ask_whether_alive(&mut connection).await;
    let (head, body) = request("ann");
    announce(&mut connection, &head).await;
    let cut_off = tokio::time::timeout(Duration::from_secs(4), connection.read_u8()).await;
    assert!(cut_off.is_err(), "{cut_off:?} while the program waited for the body");
    connection.write_all(body.as_bytes()).await.expect("the connection is still open");
    let answer = read_to_end(connection).await;
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_to_its_end_is_answered_and_cut_off() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings(&smtp, ""));
    let program = home.serve();
    let (head, body) = request("ann");
    let mut connection = begin(&program, &head).await;
    connection.write_all(&body.as_bytes()[..20]).await.expect("it listens");
    let answer = read_to_end(connection).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/json"), "{answer}");
}

#[tokio::test]
async fn a_body_that_drips_is_cut_off_when_the_time_is_up() {
    let smtp = SmtpServer::start();
    let home = Home::new(&settings(&smtp, ""));
    let program = home.serve();
    let (head, body) = request("ann");
    let (mut reading, mut writing) = begin(&program, &head).await.into_split();
    let dripping = async {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        for byte in body.as_bytes() {
            tick.tick().await;
            if writing.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    };
    let mut first_byte = [0];
    tokio::select! {
        () = dripping => panic!("the whole body was waited for"),
        answered = reading.read_exact(&mut first_byte) => { answered.expect("the program answers"); }
    }
}
