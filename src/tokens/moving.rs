//! Tokens that another system signed before its users moved here. Each package has a file of its own, which can be
//! deleted one day.

mod simplejwt;

pub use simplejwt::{OldRefreshToken, Simplejwt};
