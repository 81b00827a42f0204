//! Measures the figures of `docs/performance.md`, each beside its ceiling, in one run on one machine.
//!
//! The program under test is the real one, started as an operator would; the ceilings are a second small server (this
//! same program, told to be one) and bare hashing. Both sides get the same requests from the same client, in rounds
//! that change places, and the medians of the rounds' ratios are what counts.
//!
//! `cargo bench` runs everything; `cargo bench -- --help` tells what can be chosen. Linux only: it reads `/proc`.

#[cfg(target_os = "linux")]
mod arguments;
#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod client;
#[cfg(target_os = "linux")]
mod database;
#[cfg(target_os = "linux")]
mod hashing;
#[cfg(target_os = "linux")]
mod jwt;
#[cfg(target_os = "linux")]
mod measures;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod requests;
#[cfg(target_os = "linux")]
mod rounds;
#[cfg(target_os = "linux")]
mod server;
#[cfg(target_os = "linux")]
#[path = "../../tests/support"]
mod support {
    pub mod fake_providers;
    pub mod machine;
    pub mod ports;
    pub mod postgres_cluster;
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    let arguments = <arguments::Arguments as clap::Parser>::parse();
    let outcome = if arguments.bare_handler { bare::serve(&arguments.header) } else { measure(&arguments) };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
fn measure(arguments: &arguments::Arguments) -> std::io::Result<()> {
    use arguments::Measure;

    println!("{}", report::heading(arguments));
    for measure in arguments.measures() {
        let lines = match measure {
            Measure::Forged => measures::forged::measure(arguments)?,
            Measure::Verified => measures::verified::measure(arguments)?,
            Measure::VerifiedOnPostgres => measures::verified_on_postgres::measure(arguments)?,
            Measure::Registered => measures::registered::measure(arguments)?,
            Measure::Profiles => measures::profiles::measure(arguments)?,
            Measure::Tokens => measures::tokens::measure(arguments)?,
            Measure::Crowded => measures::crowded::measure(arguments)?,
            Measure::Providers => measures::providers::measure(arguments)?,
            Measure::Idle => measures::idle::measure(arguments)?,
            Measure::Started => measures::started::measure(arguments)?,
            Measure::Grown => measures::grown::measure(arguments)?,
            Measure::Listed => measures::listed::measure(arguments)?,
        };
        for line in lines {
            println!("{line}");
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("these measurements read /proc and need Linux");
}
