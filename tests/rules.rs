//! The rules of the house, as a program of their own: it reads sources, starts nothing and is built in seconds.

mod architecture;
