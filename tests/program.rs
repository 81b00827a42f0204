//! The tests that start the real program: what only a process can show.

mod command_line;
#[cfg(feature = "postgres")]
mod database_away;
#[cfg(feature = "postgres")]
mod database_tls;
#[cfg(target_os = "linux")]
mod hard_disks;
mod nothing_lost;
mod process;
mod rolling_restart;
mod running;

mod support {
    #[cfg(feature = "postgres")]
    pub mod postgres_cluster;
    pub mod smtp_server;
}
