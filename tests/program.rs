//! The tests that start the real program: what only a process can show.

mod command_line;
mod nothing_lost;
mod process;
mod running;

mod support {
    pub mod dice;
    pub mod letters;
    pub mod smtp_chaos;
    pub mod smtp_server;
}
