//! Whether the time of an answer tells that a user is known: `cargo bench --bench known_and_unknown`.
//!
//! Requests about a known and an unknown user go to the real server in random order, one at a time, while mails are
//! sent as in production. Printed are both distributions and Welch's t of the two means, over all samples and without
//! the slowest tenth, where the noise of the machine is. An absolute value below 4.5 is what leakage tests (ISO/IEC
//! 17825) take for no difference found. How many requests per kind: `SAMPLES=500` in the environment.

#[path = "../tests/support"]
mod support {
    pub mod fake_providers;
}

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use countersign::internals::{Listening, Signals, listen};
use countersign::secret::Secret;
use countersign::settings::{DatabaseUrl, LoginField, UsernamePolicy};
use countersign::{Background, Countersign, Settings, UserId};
use serde_json::{Value, json};
use tempfile::TempDir;

use support::fake_providers::{FakeOpenId, FakeUser};

const PASSWORD: &str = "Kettle-Harbor-42";
/// The password of users who register with an address that they do not prove.
const CLAIMED: &str = "Velvet-Comet-77";

/// Makes the body of one request about a user.
type Body<'a> = Box<dyn Fn() -> Value + 'a>;

/// What is asked, and how it is asked about a known and an unknown user.
struct Question<'a> {
    name: &'static str,
    path: &'static str,
    known: Body<'a>,
    unknown: Body<'a>,
    /// How many times as many samples as of a login are affordable.
    times: usize,
}

fn questions(idp: &FakeOpenId) -> Vec<Question<'_>> {
    let login = |login: &str| json!({ "login": login, "password": "Wrong-Lantern-9" });
    let reset = |login: &str| json!({ "login": login });
    let resend = |name: &str| json!({ "email": format!("{name}@mail.example") });
    let token = |username: &str| json!({ "username": username, "password": "Wrong-Lantern-9" });
    let claim = |name: &str| json!({ "email": format!("{name}@mail.example"), "password": CLAIMED });
    let register =
        |name: &str| json!({ "email": format!("{name}@mail.example"), "password1": PASSWORD, "password2": PASSWORD });
    // Each login is the first one of somebody there, whose address that provider has not verified.
    let first_login = |name: &'static str| -> Body<'_> {
        Box::new(move || {
            let (subject, email) = (getrandom::u64().unwrap_or_default(), format!("{name}@mail.example"));
            let user = FakeUser::new(&format!("subject-{subject}"), &email).with("email_verified", false);
            json!({ "access_token": idp.tokens_for(&user).0 })
        })
    };
    let same = |body: Value| -> Body<'_> { Box::new(move || body.clone()) };
    let question =
        |name, path, known, unknown, times| Question { name, path, known: same(known), unknown: same(unknown), times };
    vec![
        question("login by username", "/api/v1/accounts/login/", login("ann"), login("nobody"), 1),
        question(
            "login by address",
            "/api/v1/accounts/login/",
            login("ann@mail.example"),
            login("nobody@mail.example"),
            1,
        ),
        question("reset by username", "/api/v1/accounts/send-reset-password-link/", reset("ann"), reset("nobody"), 4),
        question(
            "reset by address",
            "/api/v1/accounts/send-reset-password-link/",
            reset("ann@mail.example"),
            reset("nobody@mail.example"),
            4,
        ),
        question("resend", "/api/v1/accounts/resend-verification/", resend("bea"), resend("nobody"), 4),
        question("djoser: login", "/auth/token/login/", token("ann"), token("nobody"), 1),
        question("djoser: JWT login", "/auth/jwt/create/", token("ann"), token("nobody"), 1),
        question("djoser: password", "/auth/users/reset_password/", resend("ann"), resend("nobody"), 4),
        question("djoser: username", "/auth/users/reset_username/", resend("ann"), resend("nobody"), 4),
        question("djoser: resend", "/auth/users/resend_activation/", resend("bea"), resend("nobody"), 4),
        question("dj-rest-auth: login", "/dj-rest-auth/login/", token("ann"), token("nobody"), 1),
        // The password is right: ann has the address of one, and nobody that of the other.
        question("dj-rest-auth: a claim", "/dj-rest-auth/login/", claim("ann"), claim("cyd"), 1),
        question("dj-rest-auth: password", "/dj-rest-auth/password/reset/", resend("ann"), resend("nobody"), 4),
        question(
            "dj-rest-auth: resend",
            "/dj-rest-auth/registration/resend-email/",
            resend("bea"),
            resend("nobody"),
            4,
        ),
        // Each request makes a user, whose username is generated. The owner of a known address gets a notice.
        question("dj-rest-auth: register", "/dj-rest-auth/registration/", register("ann"), register("nobody"), 1),
        Question {
            name: "by a provider: first",
            path: "/dj-rest-auth/idp/",
            known: first_login("ann"),
            unknown: first_login("nobody"),
            times: 4,
        },
    ]
}

fn main() -> Result<(), Box<dyn Error>> {
    let samples = std::env::var("SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    actix_web::rt::System::new().block_on(measure(samples))
}

async fn measure(samples: usize) -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    let idp = FakeOpenId::start();
    let (countersign, address, background) = start(&home, &idp).await?;
    let base = format!("http://{address}");
    let client = reqwest::Client::builder().no_proxy().build()?;
    for (username, name, password) in
        [("ann", "ann", PASSWORD), ("bea", "bea", PASSWORD), ("eve", "ann", CLAIMED), ("cyd", "cyd", CLAIMED)]
    {
        let email = format!("{name}@mail.example");
        let body = json!({
            "username": username, "email": email, "password": password, "password_confirm": password,
        });
        client.post(format!("{base}/api/v1/accounts/register/")).json(&body).send().await?.error_for_status()?;
        if username == "ann" {
            let store = countersign.accounts().store();
            let ann: UserId = store.list_users(None, 1).await?.remove(0).id;
            let (now, sharing) = (countersign.accounts().clock().now(), countersign.accounts().email_sharing());
            store.mark_verified(ann, now, sharing, None).await?;
        }
    }

    println!(
        "{:<23} {:>7} {:>26} {:>26} {:>8} {:>8}",
        "ms", "samples", "known: mean median p90", "unknown", "t", "t (90 %)"
    );
    for question in questions(&idp) {
        let url = format!("{base}{}", question.path);
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..question.times * samples + 20 {
            // Both in each round, in an order that neither can predict.
            let first_is_known = getrandom::u32()? % 2 == 0;
            for is_known in [first_is_known, !first_is_known] {
                let body = if is_known { (question.known)() } else { (question.unknown)() };
                let spent = ask(&client, &url, &body).await?;
                // The first rounds warm up what both need.
                if round >= 20 {
                    if is_known { &mut known } else { &mut unknown }.push(spent);
                }
            }
        }
        let (known, unknown) = (Times::of(known), Times::of(unknown));
        let (all, most) = (welch(&known.0, &unknown.0), welch(known.fastest(0.9), unknown.fastest(0.9)));
        let count = known.0.len();
        println!("{:<23} {count:>7} {:>26} {:>26} {all:>8.2} {most:>8.2}", question.name, known.told(), unknown.told());
    }
    background.stop().await;
    Ok(())
}

async fn start(home: &TempDir, idp: &FakeOpenId) -> Result<(Countersign, SocketAddr, Background), Box<dyn Error>> {
    let mut settings = Settings::defaults();
    settings.server.bind = "127.0.0.1:0".parse()?;
    settings.database.url = DatabaseUrl::parse(&format!("sqlite://{}/db", home.path().display()))?;
    settings.links.secrets = vec![Secret::new("the secret of this benchmark, and of nothing else")];
    settings.links.secrets_file = None;
    settings.mail.directory = home.path().join("mailbox");
    settings.login.fields = vec![LoginField::Username, LoginField::Email];
    settings.throttle.enabled = false;
    settings.contracts.djoser.enabled = true;
    settings.contracts.djoser.jwt = true;
    settings.contracts.dj_rest_auth.enabled = true;
    settings.providers = vec![idp.settings("idp")];
    settings.users.username = UsernamePolicy::Generated;
    settings.jwt.secrets = vec![Secret::new("the secret of this benchmark for JSON Web Tokens")];
    let countersign = Countersign::builder(settings).start().await?;
    let Listening { addresses, server, .. } = listen(&countersign, Signals::Ignored)?;
    actix_web::rt::spawn(server);
    let background = countersign.start_background();
    Ok((countersign, addresses[0], background))
}

async fn ask(client: &reqwest::Client, url: &str, body: &Value) -> Result<Duration, Box<dyn Error>> {
    let request = client.post(url).json(body).build()?;
    let begun = Instant::now();
    let answer = client.execute(request).await?;
    answer.bytes().await?;
    Ok(begun.elapsed())
}

/// Durations in milliseconds, shortest first.
struct Times(Vec<f64>);

impl Times {
    fn of(durations: Vec<Duration>) -> Self {
        let mut times: Vec<f64> = durations.iter().map(|duration| duration.as_secs_f64() * 1_000.0).collect();
        times.sort_by(f64::total_cmp);
        Self(times)
    }

    fn fastest(&self, share: f64) -> &[f64] {
        &self.0[..(self.0.len() as f64 * share) as usize]
    }

    fn told(&self) -> String {
        let at = |share: f64| self.0[((self.0.len() - 1) as f64 * share) as usize];
        format!("{:.3} {:.3} {:.3}", mean(&self.0), at(0.5), at(0.9))
    }
}

fn mean(times: &[f64]) -> f64 {
    times.iter().sum::<f64>() / times.len() as f64
}

/// Welch's t: the difference of the means in units of its own standard error.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let error = |times: &[f64]| {
        let (mean, count) = (mean(times), times.len() as f64);
        times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0) / count
    };
    (mean(one) - mean(other)) / (error(one) + error(other)).sqrt()
}
