//! The tests that start the real program: what only a process can show.

mod command_line;
#[cfg(feature = "postgres")]
mod database_away;
mod database_backup;
mod database_copy;
#[cfg(target_os = "linux")]
mod database_file;
#[cfg(feature = "postgres")]
mod database_rights;
mod database_tls;
mod declared_fields_kept;
mod deleted_users;
mod first_request;
mod foreign_hashes;
mod forwarded;
#[cfg(target_os = "linux")]
mod hard_disks;
mod logs;
mod moved_users;
mod nothing_lost;
mod process;
mod refused_senders;
mod rolling_restart;
mod running;
mod signals;
#[cfg(feature = "sqlite")]
mod starting_together;

mod support {
    pub mod dice;
    pub mod drawn_fields;
    pub mod fake_providers;
    pub mod letters;
    pub mod machine;
    #[cfg(feature = "postgres")]
    pub mod ports;
    #[cfg(feature = "postgres")]
    pub mod postgres_cluster;
    pub mod smtp_chaos;
    pub mod smtp_server;
    pub mod stored_users;
}
