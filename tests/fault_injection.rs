//! The proof that nothing is lost: the real program on both engines while its replicas are killed, its database fails
//! and its mail server misbehaves.
//!
//! ```sh
//! cargo test --test faults                             # the short form: under three minutes
//! COUNTERSIGN_FAULTS=long cargo test --test faults     # the long one: 10,000 registrations on each engine
//! cargo test --test faults -- failover                 # scenarios by a part of their name
//! ```
//!
//! What needs programs that are not installed is reported as ignored; with `COUNTERSIGN_TESTS_COMPLETE=true` that is a
//! failure. `docs/faults.md` tells what is injected and what is asserted.

mod faults;
mod process;

mod support {
    pub mod dice;
    pub mod letters;
    pub mod machine;
    pub mod ports;
    pub mod postgres_cluster;
    pub mod smtp_chaos;
    pub mod smtp_server;
    pub mod stored_users;
}

fn main() -> std::process::ExitCode {
    faults::run()
}
