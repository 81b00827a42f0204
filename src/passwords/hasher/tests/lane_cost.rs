//! What the thread pool costs beside the computation.

use super::*;
use crate::passwords::implementation::Argon2Core;

/// Both sides keep their memory. Against memory allocated for each hash the pool would win by a third, and its own cost
/// would not show.
///
/// `cargo test --lib the_lane_costs -- --ignored --nocapture`
#[tokio::test]
#[ignore = "takes seconds and an otherwise idle machine"]
async fn the_lane_costs_no_more_than_a_twentieth_of_bare_argon2() {
    const THREADS: usize = 2;
    const EACH: usize = 15;
    const ROUNDS: usize = 15;
    let parameters = HashingParameters::RECOMMENDED;
    let mut memories: Vec<_> = (0..THREADS).map(|_| Fastest::default()).collect();
    let mut bare = || {
        let begun = std::time::Instant::now();
        std::thread::scope(|scope| {
            for memory in &mut memories {
                scope.spawn(|| {
                    let (method, mut output) = (parameters.method(), [0; OUTPUT_BYTES]);
                    for _ in 0..EACH {
                        memory.compute(&method, b"Kettle-Harbor-42", &[7; 16], &mut output).expect("hashed");
                    }
                });
            }
        });
        begun.elapsed().as_secs_f64()
    };
    let (threads, queue) = (number(THREADS), number(THREADS * EACH));
    let hasher = PasswordHasher::start(parameters, Argon2Implementation::Fastest, threads, queue);
    let hasher = hasher.expect("threads start");
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let alone = bare();
        let begun = std::time::Instant::now();
        let waiting: Vec<_> = (0..THREADS * EACH)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.hash(password("Kettle-Harbor-42")).await })
            })
            .collect();
        for hash in waiting {
            hash.await.expect("not cancelled").expect("hashed");
        }
        let on_the_lane = begun.elapsed().as_secs_f64();
        let count = (THREADS * EACH) as f64;
        println!("bare {:.1}/s, lane {:.1}/s, ratio {:.3}", count / alone, count / on_the_lane, alone / on_the_lane);
        ratios.push(alone / on_the_lane);
    }
    ratios.sort_by(f64::total_cmp);
    assert!(ratios[ROUNDS / 2] >= 0.95, "the median of {ratios:?} is too low");
}
