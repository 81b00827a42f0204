//! Pages for people: their headers, and who may read them.

mod app;
mod documentation;
mod mailbox;
mod preview;
