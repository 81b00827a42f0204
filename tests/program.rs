//! The tests that start the real program: what only a process can show.

mod command_line;
mod database_backup;
mod database_copy;
mod nothing_lost;
mod process;
mod running;

mod support {
    pub mod dice;
    pub mod letters;
    pub mod smtp_chaos;
    pub mod smtp_server;
}
