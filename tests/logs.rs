//! What the program writes to standard error, and that nobody ever waits for it.

mod providers;
mod unheard;

use std::process::Command;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::process::{Finished, Home, Program, registration};

/// What a step that does not hang may take on a machine with other things to do.
const PATIENCE: Duration = Duration::from_secs(20);

const SETTINGS: &str = "[server]\nbind = \"127.0.0.1:0\"\n[passwords]\nmemory_kib = 8\npasses = 1\n";

fn json_lines(log: &str) -> Vec<Value> {
    log.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?} of\n{log}")))
        .collect()
}

fn in_json(home: &Home, more: &[(&str, &str)]) -> Command {
    let mut command = home.command(&["serve"]);
    command.env("COUNTERSIGN__LOG__FORMAT", "json").envs(more.iter().copied());
    command
}

#[tokio::test]
async fn a_log_for_machines_is_json_from_the_first_line_to_the_last() {
    let home = Home::new(SETTINGS);
    let mut program = Program::start(in_json(&home, &[("COUNTERSIGN__LOG__LEVEL", "trace")]));
    program.wait_for_log("Countersign serves").await;
    let lines = json_lines(&program.log());
    let banner = lines.iter().find(|line| line["fields"]["message"] == "Countersign serves").expect("it says so");
    let api = banner["fields"]["api"].as_str().expect("a text").to_owned();
    let answer = Client::new().post(format!("{api}register/")).json(&registration("ann")).send().await;
    assert_eq!(answer.expect("it answers").status(), 201);
    program.wait_for_log("user registered").await;
    program.terminate();
    program.ended().await;
    for line in json_lines(&program.log()) {
        assert!(line["timestamp"].is_string() && line["level"].is_string() && line["target"].is_string(), "{line}");
        assert!(line["fields"]["message"].is_string(), "{line}");
    }
}

#[test]
fn what_keeps_the_program_from_starting_is_json_where_the_log_is() {
    let home = Home::new(SETTINGS);
    let wrong = [("COUNTERSIGN__SERVER__WORKERS", "many"), ("COUNTERSIGN__LOG__LEVEL", "loud")];
    let Finished { code, stderr, .. } = Finished::of(&mut in_json(&home, &wrong));
    assert_eq!(code, Some(2), "{stderr}");
    let lines = json_lines(&stderr);
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(lines.iter().all(|line| line["level"] == "ERROR"), "{stderr}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let taken = [("COUNTERSIGN__SERVER__BIND", address.as_str()), ("COUNTERSIGN__LOG__LEVEL", "error")];
    let Finished { code, stderr, .. } = Finished::of(&mut in_json(&home, &taken));
    assert_eq!(code, Some(1), "{stderr}");
    let lines = json_lines(&stderr);
    assert!(
        matches!(&lines[..], [line] if line["fields"]["message"].as_str().is_some_and(|text| text.contains("listen")))
    );
}

/// Speaks to the program without regard to what it expects, and reads until it closes the connection.
async fn say(socket: &str, bytes: &[u8]) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut connection = tokio::net::TcpStream::connect(socket).await.expect("the program listens");
    connection.write_all(bytes).await.expect("the program listens");
    let mut answer = Vec::new();
    // A reset is an end as well.
    let _ =
        tokio::time::timeout(PATIENCE, connection.read_to_end(&mut answer)).await.expect("it closes the connection");
}

#[tokio::test]
async fn what_is_no_http_is_no_error_of_ours() {
    let garbage: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\r\n\r\n",
        b"\x00\xff\xfe\xfd\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    ];
    for (level, shown) in [("info", false), ("debug", true)] {
        let home = Home::new(&format!("{SETTINGS}[log]\nlevel = \"{level}\"\n"));
        let mut program = home.serve();
        let socket = program.socket().await;
        for bytes in garbage {
            say(&socket, bytes).await;
        }
        program.terminate();
        program.ended().await;
        let log = program.log();
        assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
        assert_eq!(log.contains("DEBUG stream error"), shown, "{log}");
    }
}

/// A program that throttles little, and what it says at INFO.
struct Told {
    program: Program,
    client: Client,
    api: String,
}

impl Told {
    async fn start(home: &Home) -> Self {
        let program = home.serve();
        let api = program.base_url().await;
        Self { program, client: Client::builder().no_proxy().build().expect("a client"), api }
    }

    async fn post(&self, path: &str, id: &str, headers: &[(&str, &str)], body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.api)).header("x-request-id", id).json(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = request.send().await.expect("it answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The lines about a request, without their times.
    async fn lines_of(&self, id: &str, text: &str) -> Vec<String> {
        self.program.wait_for_log(text).await;
        let field = format!("request_id={id}");
        let log = self.program.log();
        let lines = log.lines().filter(|line| line.split(' ').any(|word| word == field));
        lines.map(|line| line.split_once("Z ").expect("a time").1.trim().to_owned()).collect()
    }
}

#[tokio::test]
async fn each_thing_that_happens_is_one_line_with_its_request_and_client() {
    let home = Home::new(&format!("{SETTINGS}[mail]\ndirectory = \"mailbox\"\n[throttle]\nlogin_burst = 6\n"));
    let told = Told::start(&home).await;
    let (status, ann) = told.post("register/", "id-register", &[], &registration("ann")).await;
    assert_eq!(status, 201);
    let id = ann["id"].as_str().expect("a text");
    let of = |what: &str, request: &str| format!("{what} user_id={id} request_id={request} client=127.0.0.1");
    assert_eq!(told.lines_of("id-register", "user registered").await, [of("INFO user registered", "id-register")]);

    told.program.wait_for_log("mail sent").await;
    let log = told.program.log();
    let sent: Vec<&str> = log.lines().filter(|line| line.contains("mail sent")).collect();
    assert!(matches!(sent[..], [line] if line.contains("INFO") && line.contains(&format!("user_id={id}"))), "{log}");

    let login = |password: &str| json!({ "login": "ann", "password": password });
    told.post("login/", "id-unverified", &[], &login("Kettle-Harbor-42")).await;
    let failed = |why: &str, request: &str| {
        format!("WARN login failed user_id={id} reason=\"{why}\" request_id={request} client=127.0.0.1")
    };
    let lines = told.lines_of("id-unverified", "login failed").await;
    assert_eq!(lines, [failed("the user is not verified", "id-unverified")]);
    home.run(&["users", "verify", "ann"]);
    told.post("login/", "id-wrong", &[], &login("Wrong-Lantern-9")).await;
    assert_eq!(told.lines_of("id-wrong", "wrong password").await, [failed("wrong password", "id-wrong")]);
    let nobody = json!({ "login": "Typed-By-Mistake-1", "password": "x" });
    told.post("login/", "id-nobody", &[], &nobody).await;
    let lines = told.lines_of("id-nobody", "no such user").await;
    assert_eq!(lines, ["WARN login failed reason=\"no such user\" request_id=id-nobody client=127.0.0.1"]);
    assert!(!told.program.log().contains("Typed-By-Mistake"));

    let (status, session) = told.post("login/", "id-login", &[], &login("Kettle-Harbor-42")).await;
    assert_eq!(status, 200, "{session}");
    assert_eq!(told.lines_of("id-login", "user logged in").await, [of("INFO user logged in", "id-login")]);
    let cookie = format!("__Host-sessionid={}", session["token"].as_str().expect("a token"));
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(told.post("logout/", "id-forbidden", &foreign, &json!({})).await.0, 403);
    let lines = told.lines_of("id-forbidden", "csrf_failed").await;
    assert!(lines.iter().all(|line| line.starts_with("WARN") && line.contains("client=127.0.0.1")), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("code=csrf_failed")).count(), 1, "{lines:?}");

    while told.post("login/", "id-more", &[], &nobody).await.0 != 429 {}
    let lines = told.lines_of("id-more", "too many requests").await;
    let throttled =
        "WARN too many requests request_id=id-more client=127.0.0.1 code=throttled path=/api/v1/accounts/login/";
    assert_eq!(lines.iter().filter(|line| *line == throttled).count(), 1, "{lines:?}");
}

#[tokio::test]
async fn floods_are_told_in_few_lines() {
    let home = Home::new(&format!("{SETTINGS}[throttle]\nlogin_burst = 1\nlogin_per_hour = 1\n"));
    let told = Told::start(&home).await;
    for number in 0..400 {
        let claim = json!({ "user_id": "x", "timestamp": 1, "signature": "0".repeat(64) });
        assert_eq!(told.post("verify-registration/", "id-forged", &[], &claim).await.0, 400);
        let status = told.post("login/", "id-flood", &[], &json!({ "login": "a", "password": "b" })).await.0;
        assert_eq!(status == 429, number > 0);
    }
    let lines = told.lines_of("id-flood", "too many requests").await;
    let throttled = lines.iter().filter(|line| line.contains("code=throttled")).count();
    assert!((1..400).contains(&throttled), "{throttled}");
    assert!(told.lines_of("id-forged", "too many requests").await.is_empty());
}

#[tokio::test]
async fn a_client_cannot_forge_a_line() {
    let home = Home::new(SETTINGS);
    let told = Told::start(&home).await;
    let header =
        reqwest::header::HeaderValue::from_bytes(b"https://a\xe2\x80\xae\xff\tb").expect("HTTP lets it through");
    let request = told.client.post(format!("{}login/", told.api)).header("origin", header);
    request.json(&json!({ "login": "a\nb", "password": "c" })).send().await.expect("it answers");
    told.program.wait_for_log("cors.allowed_origins").await;
    let log = told.program.log();
    assert!(log.chars().all(|letter| letter == '\n' || !(letter.is_control() || letter == '\u{202e}')), "{log:?}");
}

#[tokio::test]
async fn the_server_is_asked_for_its_health_without_curl() {
    let home = Home::new(SETTINGS);
    let program = home.serve();
    let socket = program.socket().await;
    let (_, port) = socket.rsplit_once(':').expect("a port");
    let health = |bind: &str, more: &[&str]| {
        let mut command = home.command(&["health"]);
        Finished::of(command.args(more).env("COUNTERSIGN__SERVER__BIND", format!("{bind}:{port}")))
    };
    for bind in ["127.0.0.1", "0.0.0.0", "localhost"] {
        assert_eq!(health(bind, &[]).done(), "{\"detail\":\"alive\"}\n");
        assert!(health(bind, &["--ready", "--timeout", "9"]).done().contains("\"ready\":true"));
    }
    let unknown = home.run(&["health"]).complaint(2);
    assert!(unknown.contains("server.bind"), "{unknown}");
    program.kill();
    let gone = health("127.0.0.1", &["--timeout", "2"]).complaint(1);
    assert!(gone.contains("/healthz"), "{gone}");
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut command = home.command(&["health", "--timeout", "1"]);
    let address = silent.local_addr().expect("it is bound").to_string();
    let waited = Finished::of(command.env("COUNTERSIGN__SERVER__BIND", address)).complaint(1);
    assert!(waited.contains("no answer within 1 s"), "{waited}");
}
