//! Pages for people: their headers, and who may read them.

mod app;
mod mailbox;
mod preview;
