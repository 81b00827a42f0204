//! One table of all figures.

use std::time::Duration;

/// What a scenario did and found.
pub struct Figures {
    pub injected: String,
    /// How many registrations and verifications were acknowledged, and are all there.
    pub kept: (usize, usize),
    /// Name and value.
    pub found: Vec<(&'static str, String)>,
}

/// How a scenario ended.
pub enum Outcome {
    Held(Figures),
    Broken,
    /// Not run, and why.
    Ignored(String),
}

/// Prints every scenario with its figures, and one line for all.
pub fn print(outcomes: &[(&str, Outcome, Duration)]) {
    for (name, outcome, took) in outcomes {
        let took = seconds(*took);
        match outcome {
            Outcome::Held(Figures { injected, kept: (registered, verified), found }) => {
                println!("{name:<24} {:<12} {took:>8}  {injected}", "nothing lost");
                println!("{:<24} {:<22} {registered} registered, {verified} verified", "", "told, and kept");
                for (what, value) in found {
                    println!("{:<24} {what:<22} {value}", "");
                }
            }
            Outcome::Broken => println!("{name:<24} {:<12} {took:>8}", "BROKEN"),
            Outcome::Ignored(why) => println!("{name:<24} {:<12} {:>8}  {why}", "IGNORED", ""),
        }
    }
    println!("{}", total(outcomes));
}

fn total(outcomes: &[(&str, Outcome, Duration)]) -> String {
    let (mut held, mut broken, mut ignored, mut registered, mut verified) = (0, 0, 0, 0, 0);
    for (_, outcome, _) in outcomes {
        match outcome {
            Outcome::Held(figures) => {
                held += 1;
                registered += figures.kept.0;
                verified += figures.kept.1;
            }
            Outcome::Broken => broken += 1,
            Outcome::Ignored(_) => ignored += 1,
        }
    }
    format!(
        "{held} scenarios held, {broken} broken, {ignored} ignored; \
         {registered} registrations and {verified} verifications acknowledged and kept"
    )
}

pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
