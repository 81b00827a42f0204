//! The tests that run the real application: one program, so that it is linked once.

mod architecture;
mod smtp;
mod support;
