//! Requests, written out before the clock starts.

use countersign::UserId;
use countersign::clock::Timestamp;
use countersign::links::LinkSigner;
use countersign::secret::Secret;

/// Where the program under test serves by default.
const BASE_PATH: &str = "/api/v1/accounts/";

/// The secret of the program under test and of the links it is sent.
pub const LINK_SECRET: &str = "the performance measurements' own secret; of no use elsewhere";

pub const PASSWORD: &str = "Kettle-Harbor-42";

/// Requests one after another in one piece of memory.
#[derive(Default)]
pub struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Requests {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, position: usize) -> Option<&[u8]> {
        let end = *self.ends.get(position)?;
        let start = if position == 0 { 0 } else { self.ends[position - 1] };
        Some(&self.bytes[start..end])
    }

    fn push(&mut self, endpoint: &str, body: &str) {
        self.push_with(endpoint, "", body);
    }

    /// Adds a POST; each line of `headers` ends with CR LF.
    fn push_with(&mut self, endpoint: &str, headers: &str, body: &str) {
        let length = body.len();
        self.push_text(&format!(
            "POST {BASE_PATH}{endpoint}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n{headers}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
    }

    fn push_text(&mut self, request: &str) {
        self.bytes.extend_from_slice(request.as_bytes());
        self.ends.push(self.bytes.len());
    }
}

/// One request that changes nothing and asks no database.
pub fn alive() -> Requests {
    let mut requests = Requests::default();
    requests.push_text("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    requests
}

/// Claims with forged signatures, all different, from a program that is not a browser.
pub fn forged(count: usize, now: Timestamp) -> Requests {
    forged_with("", count, now)
}

/// As [`forged`], with the headers that a browser adds for a page of an origin that is allowed by default.
pub fn forged_in_browser(count: usize, now: Timestamp) -> Requests {
    forged_with("Origin: http://localhost:5173\r\n", count, now)
}

fn forged_with(headers: &str, count: usize, now: Timestamp) -> Requests {
    let mut requests = Requests::default();
    for number in 0..count {
        let user_id = UserId::generate(now);
        // Any 64 hexadecimal digits: a right one is found by chance once in 2^256 tries.
        let signature = format!("{:016x}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
        requests.push_with("verify-registration", headers, &claim(user_id.as_str(), now, &signature));
    }
    requests
}

/// Reads of the profile, by each of these session tokens in turn.
pub fn profiles(count: usize, tokens: &[String]) -> Requests {
    profiles_by("Token", count, tokens)
}

/// As [`profiles`], with this word before the tokens.
pub fn profiles_by(word: &str, count: usize, tokens: &[String]) -> Requests {
    let mut requests = Requests::default();
    for token in tokens.iter().cycle().take(count) {
        requests.push_text(&format!(
            "GET {BASE_PATH}profile/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
             Authorization: {word} {token}\r\n\r\n"
        ));
    }
    requests
}

/// Reads of a page of the list of profiles, by each of these session tokens in turn.
pub fn profile_pages(count: usize, tokens: &[String], limit: usize, offset: usize) -> Requests {
    let mut requests = Requests::default();
    for token in tokens.iter().cycle().take(count) {
        requests.push_text(&format!(
            "GET /api/accounts/all-profiles?limit={limit}&offset={offset} HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             Accept: application/json\r\nAuthorization: Token {token}\r\n\r\n"
        ));
    }
    requests
}

/// Claims as the mailed links of these users bring them back.
pub fn signed(user_ids: &[String], now: Timestamp) -> Requests {
    let signer = LinkSigner::new(&[Secret::new(LINK_SECRET)]).expect("the secret is long enough");
    let mut requests = Requests::default();
    for user_id in user_ids {
        let link = signer.sign_verify_registration(user_id, now);
        requests.push("verify-registration", &claim(user_id, now, &link.signature()));
    }
    requests
}

/// Refreshes, one with each of these refresh tokens.
pub fn refreshes(tokens: &[String]) -> Requests {
    let mut requests = Requests::default();
    for token in tokens {
        requests.push("refresh-token", &format!("{{\"refresh\":\"{token}\"}}"));
    }
    requests
}

/// Registrations of people nobody knows yet; `series` tells those of one call from those of another.
pub fn registrations(count: usize, series: usize) -> Requests {
    let mut requests = Requests::default();
    for number in 0..count {
        let name = username(series, number);
        let body = format!(
            "{{\"username\":\"{name}\",\"email\":\"{name}@mail.example\",\"password\":\"{PASSWORD}\",\
             \"password_confirm\":\"{PASSWORD}\"}}"
        );
        requests.push("register", &body);
    }
    requests
}

/// Logins of the first `users` people of a series, over and over.
pub fn logins(count: usize, series: usize, users: usize) -> Requests {
    let mut requests = Requests::default();
    for number in 0..count {
        let name = username(series, number % users);
        requests.push("login", &format!("{{\"login\":\"{name}\",\"password\":\"{PASSWORD}\"}}"));
    }
    requests
}

/// Logins by the provider of that name, each with an access token.
pub fn provider_logins(count: usize, provider: &str) -> Requests {
    let mut requests = Requests::default();
    let body = "{\"access_token\":\"abc\"}";
    let length = body.len();
    for _ in 0..count {
        requests.push_text(&format!(
            "POST /dj-rest-auth/{provider}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
    }
    requests
}

fn username(series: usize, number: usize) -> String {
    format!("person{series:03}n{number:06}")
}

/// All three as text, which is how a page finds them in its own address.
fn claim(user_id: &str, timestamp: Timestamp, signature: &str) -> String {
    let timestamp = timestamp.unix_seconds();
    format!("{{\"user_id\":\"{user_id}\",\"timestamp\":\"{timestamp}\",\"signature\":\"{signature}\"}}")
}
