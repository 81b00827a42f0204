//! Both implementations compute the same hashes; a faulty one is replaced.

use std::io::Write;
use std::sync::{Arc, Mutex};

use argon2::{Algorithm, AssociatedData, ParamsBuilder, Version};
use proptest::prelude::*;

use super::*;
use crate::passwords::method::Method;

/// Computes like the portable implementation, but changes the last byte where `is_wrong_at` returns true.
struct Wrong {
    core: Portable,
    is_wrong_at: IsWrongAt,
}

type IsWrongAt = fn(&Method) -> Result<bool, ComputeError>;

impl Argon2Core for Wrong {
    fn compute(
        &mut self,
        method: &Method,
        password: &[u8],
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), ComputeError> {
        self.core.compute(method, password, salt, output)?;
        let last = output.last_mut().expect("no hash is empty");
        *last ^= u8::from((self.is_wrong_at)(method)?);
        Ok(())
    }

    fn release(&mut self) {
        self.core.release();
    }

    fn held_kib(&self) -> usize {
        self.core.held_kib()
    }
}

pub(in crate::passwords) fn wrong(is_wrong_at: IsWrongAt) -> Box<dyn Argon2Core> {
    Box::new(Wrong { core: Portable::default(), is_wrong_at })
}

fn cheap() -> HashingParameters {
    HashingParameters::new(8, 1, 1).expect("in range")
}

fn start(make_fastest: MakeFastest) -> Selection {
    Selection::start(Argon2Implementation::Fastest, cheap(), make_fastest)
}

fn decide(selection: &Selection) -> Argon2Implementation {
    selection.decide(selection.make_fastest().as_mut(), &mut Portable::default())
}

fn computed(core: &mut dyn Argon2Core, method: &Method, password: &[u8], salt: &[u8], bytes: usize) -> Vec<u8> {
    let mut output = vec![0; bytes];
    core.compute(method, password, salt, &mut output).expect("the lengths suit Argon2");
    output
}

fn assert_same(method: &Method, password: &[u8], salt: &[u8], bytes: usize) {
    let fastest = computed(&mut Fastest::default(), method, password, salt, bytes);
    let portable = computed(&mut Portable::default(), method, password, salt, bytes);
    assert_eq!(fastest, portable, "{method:?}");
}

#[test]
fn the_fastest_implementation_is_used_where_both_agree() {
    let selection = start(|| Box::new(Fastest::default()));
    assert_eq!(decide(&selection), Argon2Implementation::Fastest);
    assert_eq!(selection.current(), Argon2Implementation::Fastest);
}

#[test]
fn the_portable_implementation_is_used_where_it_is_asked_for_and_the_other_never_runs() {
    let forbidden: MakeFastest = || wrong(|_| panic!("it was not asked for"));
    let selection = Selection::start(Argon2Implementation::Portable, cheap(), forbidden);
    assert_eq!(decide(&selection), Argon2Implementation::Portable);
}

#[test]
fn an_implementation_that_is_wrong_at_low_cost_is_not_used() {
    let wrongs: [MakeFastest; 5] = [
        || wrong(|_| Ok(true)),
        || wrong(|method| Ok(method.algorithm == Algorithm::Argon2d)),
        || wrong(|method| Ok(method.params.m_cost() > 2_048)),
        || wrong(|_| Err(ComputeError::OutOfMemory)),
        || wrong(|method| if method.params.p_cost() > 2 { panic!("on purpose") } else { Ok(false) }),
    ];
    for (number, make_wrong) in wrongs.into_iter().enumerate() {
        assert_eq!(start(make_wrong).current(), Argon2Implementation::Portable, "{number}");
    }
}

#[test]
fn an_implementation_that_is_wrong_at_the_configured_cost_only_is_not_used() {
    let configured = HashingParameters::new(3_000, 2, 1).expect("in range");
    let make_wrong: MakeFastest = || wrong(|method| Ok(method.params.m_cost() == 3_000));
    let selection = Selection::start(Argon2Implementation::Fastest, configured, make_wrong);
    assert_eq!(selection.current(), Argon2Implementation::Fastest, "it agrees at low cost");
    assert_eq!(decide(&selection), Argon2Implementation::Portable);
    assert_eq!(selection.current(), Argon2Implementation::Portable);
}

#[test]
fn a_difference_is_logged_once_with_what_to_do() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no writer panics").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let log = Log::default();
    let written = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let selection = start(|| wrong(|_| Ok(true)));
        decide(&selection);
        decide(&selection);
    });
    let written = String::from_utf8(written.0.lock().expect("no writer panics").clone()).expect("it is text");
    assert_eq!(written.lines().count(), 1, "{written}");
    assert!(written.contains("WARN") && written.contains("passwords.implementation = \"portable\""), "{written}");
}

#[test]
fn comparing_at_a_high_configured_cost_is_limited() {
    for (configured, compared) in [
        ((19_456, 2, 1), (19_456, 2, 1)),
        ((8, 1, 1), (8, 1, 1)),
        ((19_456, 32, 2), (19_456, 3, 2)),
        ((262_144, 32, 64), (65_536, 1, 64)),
        ((40_000, 4, 1), (40_000, 1, 1)),
    ] {
        let parameters = |(memory_kib, passes, parallelism)| {
            HashingParameters::new(memory_kib, passes, parallelism).expect("in range")
        };
        assert_eq!(compared_parameters(parameters(configured)), parameters(compared));
    }
}

#[test]
fn a_slow_debug_build_is_told_how_to_be_fast() {
    assert_eq!(advice_for_debug_builds(SLOW), None);
    let advice = advice_for_debug_builds(Duration::from_millis(710)).expect("tests are a debug build");
    assert!(advice.contains("710 ms") && advice.contains("[profile.dev.package.argon2-rust]"), "{advice}");
}

/// RFC 9106, section 5: with a secret, which this program does not use.
#[test]
fn the_vectors_of_rfc_9106_are_computed() {
    use argon2_rust::params::{Memory, TagLen};

    const TAGS: [(argon2_rust::Algorithm, &str); 3] = [
        (argon2_rust::Algorithm::Argon2d, "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb"),
        (argon2_rust::Algorithm::Argon2i, "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8"),
        (argon2_rust::Algorithm::Argon2id, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"),
    ];
    for (algorithm, tag) in TAGS {
        let params = argon2_rust::Params::builder()
            .memory(Memory::kib(32))
            .passes(3)
            .lanes(4)
            .threads(1)
            .tag_len(TagLen::bytes(32))
            .build()
            .expect("the RFC's parameters");
        let mut hasher = argon2_rust::Argon2::new(algorithm, argon2_rust::Version::V0x13, params).hasher();
        let mut output = [0; 32];
        hasher.hash_into_with_ad(&[1; 32], &[2; 16], &[3; 8], &[4; 12], &mut output).expect("computed");
        assert_eq!(hex::encode(output), tag);
    }
}

#[test]
fn both_agree_at_the_ends_of_the_ranges() {
    for (memory_kib, passes, parallelism) in [
        (8, 1, 1),
        (8, 32, 1),
        (512, 1, 64),
        (512, 32, 64),
        (2_047, 1, 3),
        (2_048, 1, 1),
        (2_049, 2, 64),
        (262_144, 1, 1),
    ] {
        let method = HashingParameters::new(memory_kib, passes, parallelism).expect("in range").method();
        assert_same(&method, b"Kettle-Harbor-42", &[7; 16], 32);
    }
}

#[test]
fn both_agree_about_memory_that_held_another_hash() {
    let (mut fastest, mut portable) = (Fastest::default(), Portable::default());
    for (memory_kib, passes, parallelism) in [(3_000, 1, 1), (64, 2, 4), (4_000, 1, 2), (8, 1, 1), (3_000, 1, 1)] {
        let method = HashingParameters::new(memory_kib, passes, parallelism).expect("in range").method();
        let one = computed(&mut fastest, &method, b"Kettle-Harbor-42", &[7; 16], 32);
        assert_eq!(one, computed(&mut portable, &method, b"Kettle-Harbor-42", &[7; 16], 32));
    }
}

#[test]
fn both_refuse_a_salt_or_an_output_that_is_too_short() {
    let method = cheap().method();
    let cores: [&mut dyn Argon2Core; 2] = [&mut Fastest::default(), &mut Portable::default()];
    for core in cores {
        assert_eq!(core.compute(&method, b"password", &[7; 7], &mut [0; 32]), Err(ComputeError::Unsuitable));
        assert_eq!(core.compute(&method, b"password", &[7; 8], &mut [0; 3]), Err(ComputeError::Unsuitable));
        assert_eq!(core.compute(&method, b"", &[7; 8], &mut [0; 32]), Ok(()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn both_compute_the_same_of_whatever_a_stored_hash_asks_for(
        algorithm in prop_oneof![Just(Algorithm::Argon2d), Just(Algorithm::Argon2i), Just(Algorithm::Argon2id)],
        version in prop_oneof![Just(Version::V0x10), Just(Version::V0x13)],
        parallelism in 1_u32..=64,
        beyond_least_kib in 0_u32..1_500,
        passes in 1_u32..=4,
        data in prop::collection::vec(any::<u8>(), 0..=32),
        password in prop::collection::vec(any::<u8>(), 0..200),
        salt in prop::collection::vec(any::<u8>(), 8..=48),
        bytes in 4_usize..=64,
    ) {
        let params = ParamsBuilder::new()
            .m_cost(8 * parallelism + beyond_least_kib)
            .t_cost(passes)
            .p_cost(parallelism)
            .data(AssociatedData::new(&data).expect("not too long"))
            .output_len(bytes)
            .build()
            .expect("in range");
        assert_same(&Method { algorithm, version, params }, &password, &salt, bytes);
    }
}
