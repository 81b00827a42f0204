//! Runs `docs/link-vectors.json`, which `docs/link_vectors.py` makes without any of our code.

use serde::Deserialize;

use crate::clock::{Seconds, Timestamp};
use crate::links::claim::Claim;
use crate::links::input::{Fields, write_constants};
use crate::links::*;
use crate::secret::Secret;

#[derive(Deserialize)]
struct File {
    version: u32,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    secrets: Vec<String>,
    purpose: String,
    user_id: String,
    email: Option<String>,
    timestamp: String,
    link_secret: Option<String>,
    now: String,
    valid_for: String,
    signature: String,
    input: Option<String>,
    outcome: String,
}

impl Vector {
    fn signer(&self, secrets: &[String]) -> LinkSigner {
        let secrets: Vec<Secret> = secrets.iter().map(Secret::new).collect();
        LinkSigner::new(&secrets).expect(&self.name)
    }

    fn link_secret(&self) -> Option<LinkSecret> {
        self.link_secret.as_deref().map(|digits| LinkSecret::parse(digits).expect(&self.name))
    }

    fn email(&self) -> &str {
        self.email.as_deref().expect(&self.name)
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.timestamp.parse().expect(&self.name))
    }

    fn outcome(&self) -> &'static str {
        let (user_id, timestamp, signature) = (&self.user_id, &self.timestamp, &self.signature);
        let link_secret = self.link_secret();
        let holder = BoundTo::from(link_secret.as_ref());
        match self.purpose.as_str() {
            VerifyRegistration::NAME => {
                self.verified(Claim::<VerifyRegistration>::parse(user_id, timestamp, signature), Unbound)
            }
            ResetPassword::NAME => self.verified(Claim::<ResetPassword>::parse(user_id, timestamp, signature), holder),
            VerifyEmail::NAME => {
                self.verified(Claim::<VerifyEmail>::parse(user_id, self.email(), timestamp, signature), holder)
            }
            unknown => panic!("{}: purpose {unknown}", self.name),
        }
    }

    fn verified<P: Purpose>(&self, claim: Result<Claim<P>, LinkError>, holder: P::Holder<'_>) -> &'static str {
        let now = Timestamp::from_unix_seconds(self.now.parse().expect(&self.name));
        let valid_for = Seconds::new(self.valid_for.parse().expect(&self.name));
        match claim.and_then(|claim| self.signer(&self.secrets).verify(claim, holder, valid_for, || now)) {
            Ok(proof) => {
                assert_eq!(proof.user_id(), self.user_id, "{}", self.name);
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
            user_id: &self.user_id,
            timestamp: self.timestamp(),
            address: self.email.as_deref(),
            link_secret: link_secret.as_ref(),
        }
        .write(|part| bytes.extend_from_slice(part));
        hex::encode(bytes)
    }

    /// What each secret alone would sign.
    fn signatures(&self) -> Vec<String> {
        let (user_id, timestamp, link_secret) = (&self.user_id, self.timestamp(), self.link_secret());
        let bound = || link_secret.as_ref().expect(&self.name);
        let sign = |signer: LinkSigner| match self.purpose.as_str() {
            VerifyRegistration::NAME => signer.sign_verify_registration(user_id, timestamp),
            ResetPassword::NAME => signer.sign_reset_password(user_id, bound(), timestamp),
            _ => signer.sign_verify_email(user_id, self.email(), bound(), timestamp),
        };
        self.secrets.chunks(1).map(|alone| sign(self.signer(alone)).signature()).collect()
    }
}

fn vectors() -> Vec<Vector> {
    let file: File = serde_json::from_str(include_str!("../../../docs/link-vectors.json")).expect("the file is ours");
    assert_eq!(file.version, 1);
    assert!(file.vectors.len() > 100);
    file.vectors
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
fn we_mint_the_signature_of_every_vector_that_is_not_forged() {
    for vector in vectors().iter().filter(|vector| vector.input.is_some()) {
        let is_ours = vector.signatures().contains(&vector.signature);
        assert_eq!(is_ours, vector.outcome != "forged", "{}", vector.name);
    }
}
