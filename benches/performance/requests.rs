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
        let length = body.len();
        let head = format!(
            "POST {BASE_PATH}{endpoint}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        self.bytes.extend_from_slice(head.as_bytes());
        self.bytes.extend_from_slice(body.as_bytes());
        self.ends.push(self.bytes.len());
    }
}

/// One request that changes nothing and asks no database.
pub fn alive() -> Requests {
    let mut requests = Requests::default();
    requests.bytes.extend_from_slice(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    requests.ends.push(requests.bytes.len());
    requests
}

/// Claims whose signature nobody made, all different.
pub fn forged(count: usize, now: Timestamp) -> Requests {
    let mut requests = Requests::default();
    for number in 0..count {
        let user_id = UserId::generate(now);
        // Any 64 hexadecimal digits: a right one is found by chance once in 2^256 tries.
        let signature = format!("{:016x}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)).repeat(4);
        requests.push("verify-registration", &claim(user_id.as_str(), now, &signature));
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

fn username(series: usize, number: usize) -> String {
    format!("person{series:03}n{number:06}")
}

/// All three as text, which is how a page finds them in its own address.
fn claim(user_id: &str, timestamp: Timestamp, signature: &str) -> String {
    let timestamp = timestamp.unix_seconds();
    format!("{{\"user_id\":\"{user_id}\",\"timestamp\":\"{timestamp}\",\"signature\":\"{signature}\"}}")
}
