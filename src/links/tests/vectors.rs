//! Runs `docs/link-vectors.json`, which `docs/link_vectors.py` generates without any of our code.

use serde::Deserialize;

use crate::clock::{Seconds, Timestamp};
use crate::links::claim::Claim;
use crate::links::input::{Fields, write_constants};
use crate::links::*;
use crate::secret::Secret;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    vectors: Vec<Vector>,
    uid_token_vectors: Vec<Vector>,
    key_vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    secrets: Vec<String>,
    purpose: String,
    #[serde(flatten)]
    claim: Spelled,
    link_secret: Option<String>,
    now: String,
    valid_for: String,
    input: Option<String>,
    outcome: String,
}

/// The values that came back, in each spelling.
#[derive(Deserialize)]
#[serde(untagged)]
enum Spelled {
    Parts {
        #[serde(flatten)]
        parts: Parts,
        signature: String,
    },
    UidToken {
        uid: String,
        token: String,
        parts: Option<Parts>,
    },
    Key {
        key: String,
        parts: Option<Parts>,
    },
}

#[derive(Deserialize)]
struct Parts {
    user_id: String,
    email: Option<String>,
    timestamp: String,
}

impl Vector {
    fn signer(&self, secrets: &[String]) -> LinkSigner {
        let secrets: Vec<Secret> = secrets.iter().map(Secret::new).collect();
        LinkSigner::new(&secrets).expect(&self.name)
    }

    fn link_secret(&self) -> Option<LinkSecret> {
        self.link_secret.as_deref().map(|digits| LinkSecret::parse(digits).expect(&self.name))
    }

    /// Returns the parts that a well-formed claim holds.
    fn parts(&self) -> &Parts {
        match &self.claim {
            Spelled::Parts { parts, .. } => parts,
            Spelled::UidToken { parts, .. } | Spelled::Key { parts, .. } => parts.as_ref().expect(&self.name),
        }
    }

    fn email(&self) -> &str {
        self.parts().email.as_deref().expect(&self.name)
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.parts().timestamp.parse().expect(&self.name))
    }

    fn outcome(&self) -> &'static str {
        let link_secret = self.link_secret();
        let holder = BoundTo::from(link_secret.as_ref());
        match self.purpose.as_str() {
            VerifyRegistration::NAME => self.verified(
                |Parts { user_id, timestamp, .. }, signature| {
                    Claim::<VerifyRegistration>::parse(user_id, timestamp, signature)
                },
                Unbound,
            ),
            ResetPassword::NAME => self.verified(
                |Parts { user_id, timestamp, .. }, signature| {
                    Claim::<ResetPassword>::parse(user_id, timestamp, signature)
                },
                holder,
            ),
            ResetUsername::NAME => self.verified(
                |Parts { user_id, timestamp, .. }, signature| {
                    Claim::<ResetUsername>::parse(user_id, timestamp, signature)
                },
                holder,
            ),
            VerifyEmail::NAME => self.verified(
                |Parts { user_id, timestamp, .. }, signature| {
                    Claim::<VerifyEmail>::parse(user_id, self.email(), timestamp, signature)
                },
                holder,
            ),
            unknown => panic!("{}: purpose {unknown}", self.name),
        }
    }

    fn verified<P: Purpose>(
        &self,
        parse: impl Fn(&Parts, &str) -> Result<Claim<P>, LinkError>,
        holder: P::Holder<'_>,
    ) -> &'static str {
        let claim = match &self.claim {
            Spelled::Parts { parts, signature } => parse(parts, signature),
            Spelled::UidToken { uid, token, .. } => Claim::parse_uid_token(uid, token),
            Spelled::Key { key, .. } => Claim::parse_key(key),
        };
        let now = Timestamp::from_unix_seconds(self.now.parse().expect(&self.name));
        let valid_for = Seconds::new(self.valid_for.parse().expect(&self.name));
        match claim.and_then(|claim| self.signer(&self.secrets).verify(claim, holder, valid_for, || now)) {
            Ok(proof) => {
                assert_eq!(proof.user_id(), self.parts().user_id, "{}", self.name);
                "valid"
            }
            Err(LinkError::Malformed) => "malformed",
            Err(LinkError::Forged) => "forged",
            Err(LinkError::FromTheFuture) => "from the future",
            Err(LinkError::Expired) => "expired",
        }
    }

    fn input(&self) -> String {
        let link_secret = self.link_secret();
        let mut bytes = Vec::new();
        write_constants(&self.purpose, |part| bytes.extend_from_slice(part));
        Fields {
            user_id: &self.parts().user_id,
            timestamp: self.timestamp(),
            address: self.parts().email.as_deref(),
            link_secret: link_secret.as_ref(),
        }
        .write(|part| bytes.extend_from_slice(part));
        hex::encode(bytes)
    }

    /// Returns whether one of the secrets alone would sign these values.
    fn is_ours(&self) -> bool {
        let (user_id, timestamp, link_secret) = (&self.parts().user_id, self.timestamp(), self.link_secret());
        let bound = || link_secret.as_ref().expect(&self.name);
        self.secrets.chunks(1).map(|alone| self.signer(alone)).any(|signer| match self.purpose.as_str() {
            VerifyRegistration::NAME => self.came_from(&signer.sign_verify_registration(user_id, timestamp)),
            ResetPassword::NAME => self.came_from(&signer.sign_reset_password(user_id, bound(), timestamp)),
            ResetUsername::NAME => self.came_from(&signer.sign_reset_username(user_id, bound(), timestamp)),
            _ => self.came_from(&signer.sign_verify_email(user_id, self.email(), bound(), timestamp)),
        })
    }

    fn came_from<P: Purpose>(&self, link: &SignedLink<P>) -> bool {
        match &self.claim {
            Spelled::Parts { signature, .. } => link.signature() == *signature,
            Spelled::UidToken { uid, token, .. } => (link.uid(), link.token()) == (uid.clone(), token.clone()),
            Spelled::Key { key, .. } => link.key() == *key,
        }
    }
}

fn vectors() -> Vec<Vector> {
    let file: File = serde_json::from_str(include_str!("../../../docs/link-vectors.json")).expect("the file is ours");
    assert_eq!(file.version, 1);
    assert!(file.vectors.iter().all(|vector| matches!(vector.claim, Spelled::Parts { .. })));
    assert!(file.uid_token_vectors.iter().all(|vector| matches!(vector.claim, Spelled::UidToken { .. })));
    assert!(file.key_vectors.iter().all(|vector| matches!(vector.claim, Spelled::Key { .. })));
    let lists = [file.vectors, file.uid_token_vectors, file.key_vectors];
    assert!(lists.iter().all(|list| list.len() > 90));
    lists.into_iter().flatten().collect()
}

#[test]
fn every_vector_comes_out_as_published() {
    let wrong: Vec<String> = vectors()
        .iter()
        .filter(|vector| vector.outcome() != vector.outcome)
        .map(|vector| format!("{}: is {}, should be {}", vector.name, vector.outcome(), vector.outcome))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_well_formed_vector_has_the_published_input() {
    for vector in vectors() {
        assert_eq!(vector.input.is_none(), vector.outcome == "malformed", "{}", vector.name);
        if let Some(published) = &vector.input {
            assert_eq!(&vector.input(), published, "{}", vector.name);
        }
    }
}

#[test]
fn we_mint_what_came_back_of_every_vector_that_is_not_forged() {
    for vector in vectors().iter().filter(|vector| vector.input.is_some()) {
        assert_eq!(vector.is_ours(), vector.outcome != "forged", "{}", vector.name);
    }
}
