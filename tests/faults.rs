//! Runs the scenarios and tells what they found.

mod audit;
mod copies;
mod database_faults;
mod disk;
mod evening;
mod failover;
mod fleet;
mod form;
mod ledger;
mod moments;
mod other_programs;
mod people;
mod power_loss;
mod proxy;
mod recording;
mod replicas;
mod scenario;
mod summary;

use std::process::ExitCode;
use std::time::Instant;

use crate::support::dice;
use crate::support::machine::must_be_complete;
use form::Form;
use scenario::Scenario;
use summary::Outcome;

/// Runs the scenarios that are asked for, and tells of all at the end.
pub fn run() -> ExitCode {
    let seed = dice::seed();
    let form = match Form::chosen(seed) {
        Ok(form) => form,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{} form, seed {seed}; set COUNTERSIGN_TEST_SEED to it to roll the same dice again", form.name);
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let mut outcomes = Vec::new();
    for scenario in Scenario::ALL.into_iter().filter(|scenario| is_wanted(scenario.name())) {
        println!("{} …", scenario.name());
        let began = Instant::now();
        let outcome = scenario.run(&form);
        outcomes.push((scenario.name(), outcome, began.elapsed()));
    }
    println!("\n── {} form, seed {seed} ──", form.name);
    summary::print(&outcomes);
    let must_be_complete = must_be_complete();
    let is_well = |outcome: &Outcome| match outcome {
        Outcome::Held(_) => true,
        Outcome::Broken => false,
        Outcome::Ignored(_) => !must_be_complete,
    };
    if !outcomes.is_empty() && outcomes.iter().all(|(_, outcome, _)| is_well(outcome)) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
