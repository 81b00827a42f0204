//! Hashes of other systems: those of `tests/foreign_hashes/vectors.json`, which the systems themselves have made.

use serde::Deserialize;

use super::*;
use crate::passwords::StoredPassword;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    maker: String,
    kind: String,
    password: String,
    hash: String,
}

/// That of Firebase's own example.
fn signer_key() -> SignerKey {
    SignerKey::parse("jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==")
        .expect("a signer key")
}

fn hasher(cost: (u32, u32, u32)) -> PasswordHasher {
    super::hasher(cost).with_signer_key(Some(signer_key()))
}

fn vectors() -> Vec<Vector> {
    let file: File =
        serde_json::from_str(include_str!("../../../../tests/foreign_hashes/vectors.json")).expect("the file is ours");
    assert!(file.vectors.len() > 250);
    file.vectors
}

#[test]
fn each_vector_is_the_hash_of_its_password_and_of_no_other() {
    let mut thread = thread_hasher(HashingParameters::new(8, 1, 1).expect("in range"));
    for Vector { maker, kind, password, hash } in vectors() {
        let hash = PasswordHash::import(hash).unwrap_or_else(|error| panic!("{maker}: {error}"));
        let recipe = Recipe::read(hash.as_str()).expect("it was imported");
        assert_eq!(thread.reproduces(&recipe, &password, Some(&signer_key())), Ok(true), "{maker}: {kind}");
        if maker.contains("defaults") {
            continue;
        }
        let wrong = format!("x{password}");
        assert_eq!(thread.reproduces(&recipe, &wrong, Some(&signer_key())), Ok(false), "{maker}: {kind}");
    }
}

#[test]
fn bcrypt_alone_ignores_what_follows_the_72nd_byte() {
    let mut thread = thread_hasher(HashingParameters::new(8, 1, 1).expect("in range"));
    for Vector { maker, password, hash, .. } in vectors().into_iter().filter(|vector| vector.kind == "72 bytes") {
        let recipe = Recipe::read(&hash).expect("it can be read");
        let longer = format!("{password}, which goes on");
        let ignores = maker.contains("bcrypt") && !maker.contains("sha256");
        assert_eq!(thread.reproduces(&recipe, &longer, Some(&signer_key())), Ok(ignores), "{maker}");
    }
}

#[tokio::test]
async fn a_right_password_is_told_to_be_hashed_anew_after_one_computation() {
    let hasher = hasher(CHEAP);
    for Vector { maker, hash, .. } in ordinary() {
        let before = hasher.hashes_done();
        let verdict = hasher.verify(password("Kettle-Harbor-42"), stored(&hash)).await;
        assert_eq!(verdict, Ok(Verdict::MatchButOutdated), "{maker}");
        let verdict = hasher.verify(password("Kettle-Harbor-43"), stored(&hash)).await;
        assert_eq!(verdict, Ok(Verdict::Mismatch), "{maker}");
        assert_eq!(hasher.hashes_done() - before, 2, "{maker}");
    }
}

#[tokio::test]
async fn a_password_matches_in_the_form_in_which_it_was_hashed_elsewhere() {
    let hasher = hasher(CHEAP);
    for Vector { maker, kind, password: hashed, hash } in vectors() {
        let sent = match kind.as_str() {
            "ordinary" if !maker.contains("defaults") => format!(" {hashed}\t"),
            "decomposed letters" | "composed letters" => hashed.clone(),
            _ => continue,
        };
        let before = hasher.hashes_done();
        let verdict = hasher.verify(password(&sent), stored(&hash)).await;
        assert_eq!(verdict, Ok(Verdict::MatchButOutdated), "{maker}: {kind}");
        let computed = if kind == "composed letters" { 1 } else { 2 };
        assert_eq!(hasher.hashes_done() - before, computed, "{maker}: {kind}");
    }
}

#[tokio::test]
async fn a_hash_of_this_server_is_compared_once_whatever_the_form() {
    let hasher = hasher(CHEAP);
    let hash = hasher.hash(password("cafe\u{301} Kettle")).await.expect("hashed");
    for (sent, verdict) in [("cafe\u{301} Kettle", Verdict::Match), ("cafe\u{301} Harbor", Verdict::Mismatch)] {
        let before = hasher.hashes_done();
        assert_eq!(hasher.verify(password(sent), Some(hash.clone())).await, Ok(verdict));
        assert_eq!(hasher.verify(password(sent), None).await, Ok(Verdict::Mismatch));
        assert_eq!(hasher.hashes_done() - before, 2, "{sent}");
    }
}

#[tokio::test]
async fn a_hash_of_django_is_outdated_even_at_the_present_cost() {
    let hasher = hasher((64, 1, 1));
    let django = format!("argon2{SAME_COST}");
    assert_eq!(hasher.verify(password("password"), stored(SAME_COST)).await, Ok(Verdict::Match));
    assert_eq!(hasher.verify(password("password"), stored(&django)).await, Ok(Verdict::MatchButOutdated));
}

#[tokio::test]
async fn memory_that_other_systems_hashes_need_is_not_kept() {
    let hasher = hasher((64, 1, 1));
    let held = async || hasher.lane.run(|thread| thread.held_kib()).await.expect("the lane runs");
    hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    for Vector { maker, hash, .. } in ordinary() {
        hasher.verify(password("Kettle-Harbor-42"), stored(&hash)).await.expect("verified");
        assert!(held().await <= 64, "{maker}");
    }
}

#[tokio::test]
async fn a_hash_of_firebase_needs_the_key_of_its_project() {
    let is_of_firebase = |vector: &Vector| vector.maker.starts_with("Firebase, ");
    for Vector { maker, hash, .. } in ordinary().into_iter().filter(is_of_firebase) {
        assert!(PasswordHash::from_stored(&hash).needs_signer_key());
        let sent = password("Kettle-Harbor-42");
        let without = super::hasher(CHEAP);
        assert_eq!(without.verify(sent.clone(), stored(&hash)).await, Err(HashError::LacksSignerKey), "{maker}");
        assert_eq!(without.hashes_done(), 1, "the decoy");
        let other = SignerKey::parse(&format!("{}==", "A".repeat(86))).expect("a signer key");
        let with_another = super::hasher(CHEAP).with_signer_key(Some(other));
        assert_eq!(with_another.verify(sent, stored(&hash)).await, Ok(Verdict::Mismatch), "{maker}");
    }
    assert!(!PasswordHash::from_stored(SAME_COST).needs_signer_key());
}

#[test]
fn a_stored_password_is_described_without_any_of_it() {
    let parameters = HashingParameters::new(64, 1, 1).expect("in range");
    for (hash, described) in [
        ("!", StoredPassword::None),
        ("!aB3", StoredPassword::None),
        (SAME_COST, StoredPassword::Current("argon2id")),
        (KNOWN_HASHES[2], StoredPassword::Outdated("argon2i")),
    ] {
        assert_eq!(PasswordHash::from_stored(hash).describe(parameters), described, "{hash}");
    }
    for Vector { maker, hash, .. } in ordinary().into_iter().filter(|vector| vector.maker.starts_with("Django ")) {
        let StoredPassword::Outdated(scheme) = PasswordHash::from_stored(&hash).describe(parameters) else {
            panic!("{maker} is outdated");
        };
        assert!(maker.contains(scheme.trim_end_matches(['d', 'i'])), "{maker}: {scheme}");
    }
    let broken = PasswordHash::from_stored("pbkdf2_sha256$1000$salt").describe(parameters);
    assert!(matches!(broken, StoredPassword::Unusable(_)), "{broken:?}");
}

/// Returns one cheap hash of each maker.
fn ordinary() -> Vec<Vector> {
    let is_ordinary = |vector: &Vector| vector.kind == "ordinary" && !vector.maker.contains("defaults");
    vectors().into_iter().filter(is_ordinary).collect()
}
