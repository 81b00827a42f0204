//! Runs the program on a free port, with a database of its own, and talks to it as a browser or an app would.

mod declared;
mod jwt_cookies;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::thread;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use countersign::accounts::{Client, LogOut, NewPassword, TypedName};
use countersign::passwords::Password;
use countersign::settings::{DatabaseUrl, JwtAlgorithm, MailTransport};
use countersign::{Countersign, Settings};
use embedding::{Diary, Letterbox, routes};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "Kettle-Harbor-42";

struct Program {
    countersign: Countersign,
    diary: Diary,
    mails: Letterbox,
    address: SocketAddr,
    client: reqwest::Client,
    server: ServerHandle,
    _home: TempDir,
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

impl Program {
    async fn start() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut settings = Settings::defaults();
        settings.database.url = DatabaseUrl::Sqlite(home.path().join("db"));
        settings.links.secrets_file = Some(home.path().join("links.secret"));
        settings.contracts.djoser.enabled = true;
        settings.contracts.djoser.jwt = true;
        settings.jwt.algorithm = JwtAlgorithm::EdDsa;
        settings.jwt.private_keys_file = Some(home.path().join("jwt.pem"));
        settings.profile_fields = declared::fields();
        settings.passwords.memory_kib = 8;
        settings.passwords.passes = 1;
        settings.passwords.threads = NonZeroUsize::MIN;
        settings.throttle.enabled = false;
        settings.mail.transport = MailTransport::Custom;
        change(&mut settings);
        let (diary, mails) = (Diary::default(), Letterbox::default());
        let builder = Countersign::builder(settings).hooks(diary.clone()).mail_transport(mails.clone());
        let countersign = builder.start().await.expect("the settings are sound");

        let mounted = countersign.clone();
        let server = HttpServer::new(move || App::new().configure(routes).configure(mounted.routes()))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("there is a free port");
        let address = server.addrs()[0];
        let server = server.run();
        let handle = server.handle();
        thread::spawn(move || actix_web::rt::System::new().block_on(server));
        let client = reqwest::Client::new();
        Self { countersign, diary, mails, address, client, server: handle, _home: home }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value, Vec<String>) {
        let request = self.client.post(self.url(&format!("/api/v1/accounts/{path}"))).json(&body);
        let answer = request.send().await.expect("the program answers");
        let cookies = answer.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|value| value.to_str().expect("visible").to_owned()).collect();
        (answer.status().as_u16(), answer.json().await.expect("JSON"), cookies)
    }

    /// Registers a user and follows the link in the mail. Returns the id.
    async fn verified(&self, name: &str) -> String {
        let email = format!("{name}@mail.example");
        let body = json!({ "username": name, "email": email, "password": PASSWORD, "password_confirm": PASSWORD });
        let (status, user, _) = self.post("register/", body).await;
        assert_eq!(status, 201, "{user}");
        self.countersign.mail_worker().deliver_due().await.expect("the database answers");
        let (status, answer, _) = self.post("verify-registration/", self.link()).await;
        assert_eq!(status, 200, "{answer}");
        user["id"].as_str().expect("an id").to_owned()
    }

    /// The parameters of the link in the last mail.
    fn link(&self) -> Value {
        let mail = self.mails.0.all().pop().expect("a mail came");
        let start = mail.find("http://localhost:8000/").expect("the mail has a link");
        let link = mail[start..].split_whitespace().next().expect("it has an end");
        let url = url::Url::parse(&link.replace("&amp;", "&")).expect("a URL");
        url.query_pairs().map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()
    }

    /// Logs in. Returns the token, and the cookie as a browser sends it back.
    async fn log_in(&self, name: &str, password: &str) -> (String, String) {
        let (status, answer, cookies) = self.post("login/", json!({ "login": name, "password": password })).await;
        assert_eq!(status, 200, "{answer}");
        let token = answer["token"].as_str().expect("a token").to_owned();
        let cookie = cookies.iter().find(|cookie| cookie.contains("sessionid=")).expect("a cookie");
        (token, cookie.split(';').next().expect("it has a value").to_owned())
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, String, Option<String>) {
        let method = method.parse().expect("a method");
        let mut request = self.client.request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("the program answers");
        let challenge =
            answer.headers().get("www-authenticate").map(|value| value.to_str().expect("visible").to_owned());
        (answer.status().as_u16(), answer.text().await.expect("text"), challenge)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_route_admits_by_token_and_by_cookie_and_nobody_else() {
    let program = Program::start().await;
    let id = program.verified("ann").await;
    let (token, cookie) = program.log_in("ann", PASSWORD).await;
    let expected = format!("the notes of {id}");

    for header in [format!("Token {token}"), format!("Bearer {token}")] {
        let (status, text, _) = program.ask("GET", "/notes", &[("authorization", &header)]).await;
        assert_eq!((status, text.as_str()), (200, expected.as_str()));
    }
    let (status, text, _) = program.ask("GET", "/notes", &[("cookie", &cookie)]).await;
    assert_eq!((status, text.as_str()), (200, expected.as_str()));

    for (headers, detail) in [
        (&[][..], "Authentication credentials were not provided."),
        (&[("authorization", "Token nonsense")], "Invalid token."),
        (&[("cookie", "__Host-sessionid=nonsense")], "Authentication credentials were not provided."),
    ] {
        let (status, text, challenge) = program.ask("GET", "/notes", headers).await;
        assert_eq!((status, text), (401, json!({ "detail": detail }).to_string()));
        assert_eq!(challenge.as_deref(), Some("Token"));
    }
    assert_eq!(program.ask("GET", "/", &[]).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guarded_route_admits_by_access_token_until_the_login_ends() {
    let program = Program::start().await;
    let id = program.verified("ann").await;
    let pairs = program.countersign.accounts().token_pairs().expect("a contract serves them");
    let password = Password::parse(PASSWORD, 100).expect("it is a password");
    let pair = pairs.log_in(TypedName::Any("ann"), password, Client::default()).await.expect("it is ann's");
    let header = format!("Bearer {}", pair.access.expose());
    let ask = async || program.ask("GET", "/notes", &[("authorization", &header)]).await;
    let (status, text, _) = ask().await;
    assert_eq!((status, text), (200, format!("the notes of {id}")));

    pairs.log_out(pair.refresh.expose(), LogOut::ThisSession).await.expect("it lives");
    let (status, text, challenge) = ask().await;
    assert_eq!((status, challenge.as_deref()), (401, Some("Token")));
    let messages = json!([{ "token_class": "AccessToken", "token_type": "access", "message": "Token is invalid" }]);
    let refusal = json!({ "detail": "Given token not valid for any token type", "code": "token_not_valid", "messages": messages });
    assert_eq!(text.parse::<Value>().expect("JSON"), refusal);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_that_verify_access_tokens_are_published_by_the_program() {
    let program = Program::start().await;
    let (status, text, _) = program.ask("GET", "/.well-known/jwks.json", &[]).await;
    let set: Value = text.parse().expect("JSON");
    assert_eq!((status, set["keys"][0]["kty"].as_str()), (200, Some("OKP")), "{text}");
    let answer = program.client.get(program.url("/.well-known/jwks.json")).header("origin", "https://any.example");
    let answer = answer.send().await.expect("the program answers");
    let allowed: Vec<_> = answer.headers().get_all("access-control-allow-origin").iter().collect();
    assert_eq!(allowed, ["*"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_the_cookie_that_changes_something_must_come_from_an_allowed_origin() {
    let program = Program::start().await;
    program.verified("ann").await;
    let (token, cookie) = program.log_in("ann", PASSWORD).await;
    let cookie = ("cookie", cookie.as_str());

    let foreign = [cookie, ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    assert_eq!(program.ask("POST", "/notes", &foreign).await.0, 403);
    assert_eq!(program.ask("POST", "/notes", &[cookie]).await.0, 403, "no proof is no proof");
    assert_eq!(program.ask("POST", "/notes", &[cookie, ("sec-fetch-site", "same-origin")]).await.0, 200);
    let header = format!("Token {token}");
    let with_token = [("authorization", header.as_str()), ("origin", "https://evil.example")];
    assert_eq!(program.ask("POST", "/notes", &with_token).await.0, 200, "no browser adds this header by itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_middleware_guards_a_scope_and_an_optional_user_admits_everybody() {
    let program = Program::start().await;
    program.verified("ann").await;
    let (token, _) = program.log_in("ann", PASSWORD).await;
    let header = format!("Token {token}");
    let headers = [("authorization", header.as_str())];

    assert_eq!(program.ask("GET", "/private/name", &[]).await.0, 401);
    assert_eq!(program.ask("GET", "/private/name", &headers).await.1, "ann");
    assert_eq!(program.ask("GET", "/greeting", &headers).await.1, "Hello, ann");
    assert_eq!(program.ask("GET", "/greeting", &[]).await.1, "Hello, stranger");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_leave_by_the_programs_own_transport() {
    let program = Program::start().await;
    program.verified("ann").await;
    let mails = program.mails.0.all();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("ann@mail.example"), "{}", mails[0]);

    let body = json!({ "username": "bob", "email": "bob@refused.example", "password": PASSWORD,
        "password_confirm": PASSWORD });
    assert_eq!(program.post("register/", body).await.0, 201);
    program.countersign.mail_worker().deliver_due().await.expect("the database answers");
    assert_eq!(program.mails.0.all().len(), 1, "a refused mail is parked");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_transport_the_program_does_not_start() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut settings = Settings::defaults();
    settings.database.url = DatabaseUrl::Sqlite(home.path().join("db"));
    settings.links.secrets_file = Some(home.path().join("links.secret"));
    settings.mail.transport = MailTransport::Custom;
    let error = Countersign::builder(settings).start().await.err().expect("there is no transport").to_string();
    assert!(error.contains("Builder::mail_transport"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hooks_hear_what_requests_and_operations_do() {
    let program = Program::start().await;
    let id = program.verified("ann").await;
    program.log_in("ann", PASSWORD).await;
    let wrong = json!({ "login": "ann", "password": "wrong" });
    assert_eq!(program.post("login/", wrong).await.0, 400);

    let accounts = program.countersign.accounts();
    let (token, _) = program.log_in("ann", PASSWORD).await;
    let token = countersign::accounts::SessionToken::parse(&token).expect("a token");
    let who = accounts.authenticate(&token).await.expect("the database answers").expect("ann is logged in");
    let new = NewPassword::new(Password::parse("Copper-Lantern-77", 128).expect("a password"));
    accounts.set_password(&who.user, new).await.expect("it is a good one");
    assert!(accounts.authenticate(&token).await.expect("the database answers").is_none(), "all sessions have ended");

    let (token, _) = program.log_in("ann", "Copper-Lantern-77").await;
    let token = countersign::accounts::SessionToken::parse(&token).expect("a token");
    let who = accounts.authenticate(&token).await.expect("the database answers").expect("ann is logged in");
    accounts.log_out(&who, LogOut::Everywhere).await.expect("the session is alive");

    let administration = accounts.administration();
    administration.disable_user(&who.user.id).await.expect("ann is there");
    administration.enable_user(&who.user.id).await.expect("ann is there");
    administration.delete_user(&who.user.id).await.expect("ann is there");

    let expected = [
        format!("registered {id}"),
        format!("activated {id}"),
        format!("logged in {id}"),
        format!("login failed {id} the password is wrong"),
        format!("logged in {id}"),
        format!("changed password {id}"),
        format!("logged in {id}"),
        format!("disabled {id}"),
        format!("enabled {id}"),
        format!("deleted {id}"),
    ];
    assert_eq!(program.diary.0.all(), expected);
}
