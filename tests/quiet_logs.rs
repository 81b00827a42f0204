//! The program as it is run, at its most talkative: whatever it says, it says no secret and no whole address.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::accounts::paths;
use crate::support::mailbox::Mail;
use crate::support::smtp_server::{Offer, SmtpServer};

/// What must not be said besides tokens and signatures, which are made on the way.
const SECRETS: [&str; 9] = [
    "Amber-Gallery-42",
    "Velvet-Comet-77",
    "Wrong-Lantern-9",
    "Broken-Anchor-31",
    "smtp-Password-5",
    "ann.of.kettle@mail.example",
    "ann.of.velvet@mail.example",
    "ann.of.kettle",
    "$argon2",
];

/// The program, its standard error, and where it listens.
struct Program {
    process: Child,
    said: JoinHandle<String>,
    api: String,
    client: Client,
    home: TempDir,
}

impl Program {
    fn start(mail_server: &SmtpServer) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let path = |name: &str| home.path().join(name).display().to_string();
        let mut process = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .arg("serve")
            .current_dir(home.path())
            .env("COUNTERSIGN__SERVER__BIND", "127.0.0.1:0")
            .env("COUNTERSIGN__DATABASE__URL", format!("sqlite://{}", path("countersign.sqlite3")))
            .env("COUNTERSIGN__LINKS__SECRETS_FILE", path("links.secret"))
            .env("COUNTERSIGN__PASSWORDS__MEMORY_KIB", "8")
            .env("COUNTERSIGN__PASSWORDS__PASSES", "1")
            .env("COUNTERSIGN__MAIL__TRANSPORT", "smtp")
            .env("COUNTERSIGN__MAIL__SMTP__HOST", "127.0.0.1")
            .env("COUNTERSIGN__MAIL__SMTP__PORT", mail_server.port().to_string())
            .env("COUNTERSIGN__MAIL__SMTP__TLS", "none")
            .env("COUNTERSIGN__MAIL__SMTP__USERNAME", "mailer")
            .env("COUNTERSIGN__MAIL__SMTP__PASSWORD", "smtp-Password-5")
            .env("COUNTERSIGN__LOG__LEVEL", "trace")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program is built");
        let stderr = BufReader::new(process.stderr.take().expect("it is piped"));
        let (found, address) = mpsc::channel();
        let said = thread::spawn(move || {
            let mut said = String::new();
            for line in stderr.lines() {
                let line = line.expect("the log is UTF-8");
                if let Some(api) = line.trim().strip_prefix("API ") {
                    let _ = found.send(api.trim().to_owned());
                }
                said.push_str(&line);
                said.push('\n');
            }
            said
        });
        let api = address.recv_timeout(Duration::from_secs(30)).expect("it tells where it listens");
        Self { process, said, api, client: Client::builder().no_proxy().build().expect("a client"), home }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, String)], body: &str) -> (u16, Value) {
        let request =
            self.client.request(method, format!("{}{path}", self.api)).header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let answer = request.body(body.to_owned()).send().await.expect("it answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send(Method::POST, path, &[], &body.to_string()).await
    }

    /// Ends it, and tells all that it said.
    fn stop(mut self) -> String {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
        self.said.join().expect("its words are UTF-8")
    }
}

/// The link in the mail that came as the `number`th, counted from 1, as a claim.
async fn claim(mail_server: &SmtpServer, number: usize) -> Value {
    let mails = mail_server.wait_for(number).await;
    Mail::parse("mail", &mails[number - 1].data).link().claim()
}

fn with(mut claim: Value, name: &str, value: &str) -> Value {
    claim[name] = json!(value);
    claim
}

#[tokio::test]
async fn no_secret_and_no_whole_address_is_logged() {
    let login = Some(("mailer".to_owned(), "smtp-Password-5".to_owned()));
    let mail_server = SmtpServer::offering(Offer { login, ..Offer::default() });
    let program = Program::start(&mail_server);
    let mut secrets: Vec<String> = SECRETS.map(str::to_owned).to_vec();

    let (password, new, wrong) = ("Amber-Gallery-42", "Velvet-Comet-77", "Wrong-Lantern-9");
    let ann = json!({
        "username": "annette", "email": "ann.of.kettle@mail.example", "password": password, "password_confirm": password,
    });
    assert_eq!(program.post(paths::REGISTER, &ann).await.0, 201);
    assert_eq!(program.post(paths::REGISTER, &ann).await.0, 400);
    let verification = claim(&mail_server, 1).await;
    assert_eq!(
        program.post(paths::VERIFY_REGISTRATION, &with(verification.clone(), "signature", &"0".repeat(64))).await.0,
        400
    );
    assert_eq!(program.post(paths::VERIFY_REGISTRATION, &verification).await.0, 200);
    assert_eq!(program.post(paths::REGISTER, &with(ann, "username", "other")).await.0, 201);
    mail_server.wait_for(2).await;

    assert_eq!(program.post(paths::LOGIN, &json!({ "login": "annette", "password": wrong })).await.0, 400);
    let (status, session) = program.post(paths::LOGIN, &json!({ "login": "annette", "password": password })).await;
    assert_eq!(status, 200);
    let token = session["token"].as_str().expect("a token").to_owned();
    let header = [("authorization", format!("Token {token}"))];
    let cookie = [("cookie", format!("__Host-sessionid={token}")), ("origin", "https://evil.example".to_owned())];
    assert_eq!(program.send(Method::GET, paths::PROFILE, &header, "").await.0, 200);
    assert_eq!(program.send(Method::GET, paths::SESSIONS, &cookie[..1], "").await.0, 200);
    assert_eq!(program.send(Method::POST, paths::LOGOUT, &cookie, "{}").await.0, 403);
    let broken = r#"{"login":"annette","password":"Broken-Anchor-31"#;
    assert_eq!(program.send(Method::POST, paths::LOGIN, &[], broken).await.0, 400);

    let asked = json!({ "email": "ann.of.velvet@mail.example" }).to_string();
    assert_eq!(program.send(Method::POST, paths::REGISTER_EMAIL, &header, &asked).await.0, 200);
    let change = claim(&mail_server, 3).await;
    assert_eq!(program.post(paths::VERIFY_EMAIL, &change).await.0, 200);
    mail_server.wait_for(4).await;
    assert_eq!(program.post(paths::SEND_RESET_LINK, &json!({ "login": "annette" })).await.0, 200);
    let reset = claim(&mail_server, 5).await;
    assert_eq!(program.post(paths::RESET_PASSWORD, &with(reset.clone(), "password", new)).await.0, 200);
    assert_eq!(program.post(paths::RESET_PASSWORD, &with(reset.clone(), "password", new)).await.0, 400);
    mail_server.wait_for(6).await;

    secrets.push(token);
    for claim in [verification, change, reset] {
        secrets.push(claim["signature"].as_str().expect("a text").to_owned());
    }
    let kept = std::fs::read_to_string(program.home.path().join("links.secret")).expect("it was generated");
    secrets.extend(kept.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned));

    let said = program.stop();
    assert!(said.contains("TRACE") && said.contains("password reset"), "it talks as much as it can");
    for secret in secrets {
        let told: Vec<_> = said.lines().filter(|line| line.contains(&secret)).collect();
        assert!(told.is_empty(), "{secret}: {told:#?}");
    }
}
