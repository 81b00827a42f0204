//! Logins with JSON Web Tokens: their sessions, and tokens that the program under test takes for its own.

use countersign::Settings;
use countersign::clock::{Seconds, Timestamp};
use countersign::secret::Secret;
use countersign::settings::{JwtAlgorithm, JwtSettings};
use countersign::tokens::{NewToken, PrivateKey, TokenSigner, TokenType};

const SECRET: &str = "another secret of the performance measurements; of no use elsewhere";
/// The measurements are over sooner.
const LIFE: Seconds = Seconds::new(24 * 60 * 60);

/// What signs tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    Hs256,
    EdDsa,
}

impl Algorithm {
    /// The settings of a program that answers logins with tokens of this algorithm.
    pub fn settings(self) -> Vec<(&'static str, String)> {
        let key = match self {
            Self::Hs256 => ("COUNTERSIGN__JWT__SECRETS", SECRET.to_owned()),
            Self::EdDsa => ("COUNTERSIGN__JWT__PRIVATE_KEYS", private_key().to_pem().expose().to_owned()),
        };
        let name = if self == Self::Hs256 { "HS256" } else { "EdDSA" };
        vec![
            key,
            ("COUNTERSIGN__JWT__ALGORITHM", name.to_owned()),
            ("COUNTERSIGN__CONTRACTS__ACCOUNTS__LOGIN", "jwt".to_owned()),
        ]
    }

    fn signer(self) -> TokenSigner {
        let (secrets, private_keys, algorithm) = match self {
            Self::Hs256 => (vec![Secret::new(SECRET)], Vec::new(), JwtAlgorithm::Hs256),
            Self::EdDsa => (Vec::new(), vec![private_key()], JwtAlgorithm::EdDsa),
        };
        let settings = JwtSettings { secrets, private_keys, algorithm, ..Settings::defaults().jwt };
        TokenSigner::new(&settings).expect("the secret is long enough")
    }
}

fn private_key() -> PrivateKey {
    PrivateKey::from_random(&[7; 32])
}

/// The login of the user with this number among those that have one.
pub struct Login<'a> {
    pub number: usize,
    pub user_id: &'a str,
}

impl Login<'_> {
    /// The public id of its session.
    pub fn session_id(&self) -> String {
        format!("login {:09}", self.number)
    }

    /// The id of its refresh token, of which its session has the digest.
    pub fn refresh_id(&self) -> String {
        format!("{:032x}", self.number)
    }
}

/// A token of each of these users, who are numbered from `first` on.
pub fn tokens(
    algorithm: Algorithm,
    kind: TokenType,
    (first, user_ids): (usize, &[String]),
    now: Timestamp,
) -> Vec<String> {
    let signer = algorithm.signer();
    let sign = |(at, user_id): (usize, &String)| {
        let login = Login { number: first + at, user_id };
        let (id, session_id) = (login.refresh_id(), login.session_id());
        let expires_at = now.plus(LIFE);
        signer.sign(NewToken {
            kind,
            issued_at: now,
            expires_at,
            id: &id,
            user_id: login.user_id,
            session_id: &session_id,
        })
    };
    user_ids.iter().enumerate().map(sign).collect()
}
