//! One client for each contract. Paths and bodies of a contract stand in its client and nowhere else.

pub mod accounts;
pub mod dj_rest_auth;
pub mod djoser;
pub mod profiles;
mod requests;
pub mod tutorial;
