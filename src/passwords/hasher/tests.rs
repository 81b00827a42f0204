//! What the hasher returns for passwords, and how much work each answer costs.

mod foreign_hashes;
mod lane_cost;

use super::*;
use crate::passwords::implementation::KNOWN_HASHES;
use crate::passwords::implementation::tests::wrong;

/// As little work as Argon2 allows.
const CHEAP: (u32, u32, u32) = (8, 1, 1);

/// `password` with m=64, t=1, p=1 and a salt of 16 bytes, by the reference implementation (argon2-cffi 25.1).
const SAME_COST: &str =
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM";

const UNREADABLE: &[&str] = &[
    "",
    "password",
    "pbkdf2_sha256$870000$salt$hash",
    "$2x$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$scrypt$ln=17,r=8$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA",
    "$argon2id$v=19$m=64,t=1,p=1",
    "$argon2id$v=19$m=64,t=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=18$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=4,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=64,t=1,p=1$c29t$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PW",
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM$x",
];

const TOO_COSTLY: &[&str] = &[
    "$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=64,t=4294967295,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$argon2id$v=19$m=1024,t=1,p=65$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$scrypt$ln=31,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM",
    "pbkdf2_sha256$2147483648$salt$55PWTvddWPUD1GMbKxSff4ASfF85k9ibHJt4HlHQtBM=",
];

fn password(sent: &str) -> Password {
    Password::parse(sent, 128).expect("a password")
}

fn stored(hash: &str) -> Option<PasswordHash> {
    Some(PasswordHash::from_stored(hash))
}

fn number(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).expect("not zero")
}

fn hasher((memory_kib, passes, parallelism): (u32, u32, u32)) -> PasswordHasher {
    let parameters = HashingParameters::new(memory_kib, passes, parallelism).expect("in range");
    start(parameters, Argon2Implementation::Fastest, 4)
}

fn start(parameters: HashingParameters, implementation: Argon2Implementation, queue: usize) -> PasswordHasher {
    PasswordHasher::start(parameters, implementation, number(1), number(queue)).expect("a thread starts")
}

fn selection(parameters: HashingParameters) -> Selection {
    Selection::start(Argon2Implementation::Fastest, parameters, || Box::new(Fastest::default()))
}

fn thread_hasher(parameters: HashingParameters) -> ThreadHasher {
    ThreadHasher::new(parameters, Arc::new(selection(parameters)), Arc::default())
}

#[tokio::test]
async fn each_implementation_verifies_what_the_other_hashed() {
    let parameters = HashingParameters::new(3_000, 2, 3).expect("in range");
    let fastest = start(parameters, Argon2Implementation::Fastest, 4);
    let portable = start(parameters, Argon2Implementation::Portable, 4);
    for (one, other) in [(&fastest, &portable), (&portable, &fastest)] {
        let hash = one.hash(password("Kettle-Harbor-42")).await.expect("hashed");
        assert_eq!(other.verify(password("Kettle-Harbor-42"), Some(hash.clone())).await, Ok(Verdict::Match));
        assert_eq!(other.verify(password("Kettle-Harbor-43"), Some(hash)).await, Ok(Verdict::Mismatch));
    }
    assert_eq!(fastest.implementation(), Argon2Implementation::Fastest);
    assert_eq!(portable.implementation(), Argon2Implementation::Portable);
}

#[tokio::test]
async fn a_password_is_hashed_right_where_the_fastest_implementation_is_wrong() {
    let parameters = HashingParameters::new(64, 1, 1).expect("in range");
    let selection = Selection::start(Argon2Implementation::Fastest, parameters, || wrong(|_| Ok(true)));
    let hasher = PasswordHasher::start_with(parameters, selection, number(1), number(4), IDLE_AFTER);
    let hasher = hasher.expect("a thread starts");
    assert_eq!(hasher.verify(password("password"), stored(SAME_COST)).await, Ok(Verdict::Match));
    assert_eq!(hasher.implementation(), Argon2Implementation::Portable);
}

#[tokio::test]
async fn a_hashed_password_matches_and_others_do_not() {
    let hasher = hasher(CHEAP);
    let hash = hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    for (sent, verdict) in [
        ("Kettle-Harbor-42", Verdict::Match),
        ("kettle-harbor-42", Verdict::Mismatch),
        ("Kettle-Harbor-42 ", Verdict::Mismatch),
        ("Kettle-Harbor-4", Verdict::Mismatch),
    ] {
        assert_eq!(hasher.verify(password(sent), Some(hash.clone())).await, Ok(verdict), "{sent:?}");
    }
}

#[tokio::test]
async fn a_hash_is_a_phc_string_with_16_bytes_of_salt_and_32_of_output() {
    let hash = hasher((64, 3, 2)).hash(password("Kettle-Harbor-42")).await.expect("hashed");
    let parts: Vec<&str> = hash.as_str().split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=64,t=3,p=2"]);
    assert_eq!((parts.len(), parts[4].len(), parts[5].len()), (6, 22, 43));
}

#[tokio::test]
async fn two_hashes_of_one_password_differ() {
    let hasher = hasher(CHEAP);
    let one = hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    let other = hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    assert_ne!(one.as_str(), other.as_str());
}

#[tokio::test]
async fn a_password_hashed_by_the_reference_implementation_matches() {
    let hasher = hasher((64, 1, 1));
    assert_eq!(hasher.verify(password("password"), stored(SAME_COST)).await, Ok(Verdict::Match));
    assert_eq!(hasher.verify(password("passwort"), stored(SAME_COST)).await, Ok(Verdict::Mismatch));
}

#[tokio::test]
async fn a_hash_of_another_cost_or_kind_is_verified_with_its_own_and_is_outdated() {
    let hasher = hasher((64, 1, 1));
    for hash in KNOWN_HASHES {
        assert_eq!(hasher.verify(password("password"), stored(hash)).await, Ok(Verdict::MatchButOutdated), "{hash}");
        assert_eq!(hasher.verify(password("passwort"), stored(hash)).await, Ok(Verdict::Mismatch), "{hash}");
    }
    assert_eq!(hasher.verify(password("password"), stored(SAME_COST)).await, Ok(Verdict::Match));
}

#[tokio::test]
async fn one_changed_letter_of_the_stored_output_does_not_match() {
    let forged = SAME_COST.replace("$55PW", "$55PX");
    assert_eq!(hasher((64, 1, 1)).verify(password("password"), stored(&forged)).await, Ok(Verdict::Mismatch));
}

#[tokio::test]
async fn an_unreadable_hash_is_an_error_after_the_same_work() {
    let hasher = hasher(CHEAP);
    for (number, hash) in (1..).zip(UNREADABLE) {
        assert_eq!(hasher.verify(password("password"), stored(hash)).await, Err(HashError::Unreadable), "{hash}");
        assert_eq!(hasher.hashes_done(), number, "{hash}");
    }
}

#[tokio::test]
async fn a_hash_that_would_take_all_memory_or_time_is_an_error_after_the_same_work() {
    let hasher = hasher(CHEAP);
    for (number, hash) in (1..).zip(TOO_COSTLY) {
        assert_eq!(hasher.verify(password("password"), stored(hash)).await, Err(HashError::TooCostly), "{hash}");
        assert_eq!(hasher.hashes_done(), number, "{hash}");
    }
}

#[tokio::test]
async fn an_unknown_user_never_matches_and_costs_the_same_work() {
    let hasher = hasher(CHEAP);
    assert_eq!(hasher.hashes_done(), 0, "the decoy costs nothing");
    let hash = hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    assert_eq!(hasher.hashes_done(), 1);
    assert_eq!(hasher.verify(password("Kettle-Harbor-42"), Some(hash)).await, Ok(Verdict::Match));
    assert_eq!(hasher.hashes_done(), 2);
    assert_eq!(hasher.verify(password("Kettle-Harbor-42"), None).await, Ok(Verdict::Mismatch));
    assert_eq!(hasher.hashes_done(), 3);
}

#[test]
fn what_happens_to_reproduce_the_decoy_is_still_no_user() {
    let parameters = HashingParameters::new(64, 1, 1).expect("in range");
    let mut thread = thread_hasher(parameters);
    let decoy = PasswordHash::from_stored(SAME_COST);
    let own = Own { parameters, decoy: decoy.clone(), signer_key: None };
    assert_eq!(judge(&mut thread, &password("password"), None, &own), Ok(Verdict::Mismatch));
    assert_eq!(judge(&mut thread, &password("password"), Some(&decoy), &own), Ok(Verdict::Match));
}

#[tokio::test]
async fn a_full_queue_is_told_and_not_waited_for() {
    let hasher = start(HashingParameters::new(8, 1, 1).expect("in range"), Argon2Implementation::Fastest, 1);
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let occupy = Box::new(move |_: &mut ThreadHasher| {
        begun.send(()).expect("the test waits for this");
        held.recv().expect("the test lets go");
    });
    hasher.lane.submit(occupy).expect("the queue is empty");
    has_begun.recv().expect("the job begins");
    hasher.lane.submit(Box::new(|_| ())).expect("one place is free");
    assert_eq!(hasher.hash(password("Kettle-Harbor-42")).await.expect_err("no place"), HashError::Busy);
    assert_eq!(hasher.verify(password("Kettle-Harbor-42"), None).await, Err(HashError::Busy));
    hold.send(()).expect("the job waits");
}

#[tokio::test]
async fn memory_is_taken_at_the_first_hash_kept_and_cut_back_after_a_costlier_one() {
    for implementation in [Argon2Implementation::Fastest, Argon2Implementation::Portable] {
        let hasher = start(HashingParameters::new(64, 1, 1).expect("in range"), implementation, 4);
        let held = async || hasher.lane.run(|thread| thread.held_kib()).await.expect("the lane runs");
        assert_eq!(held().await, 0);
        hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
        assert_eq!(held().await, 64, "one implementation holds memory, and the other gave it back");
        hasher.verify(password("password"), stored(KNOWN_HASHES[0])).await.expect("verified");
        assert_eq!(held().await, 0);
    }
}

#[tokio::test]
async fn memory_is_given_back_when_there_is_no_work() {
    let parameters = HashingParameters::new(64, 1, 1).expect("in range");
    let selection = selection(parameters);
    let hasher = PasswordHasher::start_with(parameters, selection, number(1), number(4), Duration::ZERO);
    let hasher = hasher.expect("a thread starts");
    hasher.hash(password("Kettle-Harbor-42")).await.expect("hashed");
    // Each question is work for the thread, so each leaves it idle for longer than the one before.
    for rest in 0..10_000 {
        (0..rest).for_each(|_| std::thread::yield_now());
        if hasher.lane.run(|thread| thread.held_kib()).await == Ok(0) {
            assert_eq!(hasher.verify(password("password"), stored(SAME_COST)).await, Ok(Verdict::Match));
            return;
        }
    }
    panic!("the memory was never given back");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn hashing_stands_back_behind_other_threads() {
    let niceness = || rustix::process::getpriority_process(None).expect("a thread knows its niceness");
    let on_the_lane = hasher(CHEAP).lane.run(move |_| niceness()).await.expect("the lane runs");
    assert_eq!(on_the_lane, (niceness() + NICER_BY).min(19));
}

#[test]
fn debug_shows_nothing_of_a_hash() {
    assert_eq!(format!("{:?}", PasswordHash::from_stored(SAME_COST)), "PasswordHash(…)");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_stored_is_judged_without_a_panic_and_with_one_hash(
        algorithm in "(argon2(id|i|d)?|\\PC{0,6})",
        version in "(v=(16|17|19|[0-9]{1,10})\\$)?",
        memory in "[0-9]{0,10}",
        passes in "[0-9]{0,10}",
        lanes in "[0-9]{0,10}",
        salt in "[A-Za-z0-9+/]{0,90}",
        output in "[A-Za-z0-9+/]{0,90}",
    ) {
        // Hashes at the upper limits are left out: computing them would take too long for a test.
        let is_dear = |text: &str, least: u64| text.parse::<u64>().is_ok_and(|cost| (least..=262_144).contains(&cost));
        proptest::prop_assume!(!is_dear(&memory, 4_096) && !is_dear(&passes, 4));
        let hash = format!("${algorithm}${version}m={memory},t={passes},p={lanes}${salt}${output}");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
        let hasher = hasher(CHEAP);
        let verdict = runtime.block_on(hasher.verify(password("password"), stored(&hash)));
        proptest::prop_assert!(!matches!(verdict, Err(HashError::Busy | HashError::Stopped)), "{}: {:?}", hash, verdict);
        proptest::prop_assert_eq!(hasher.hashes_done(), 1, "{}: {:?}", hash, verdict);
    }
}
