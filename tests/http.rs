//! What holds at every endpoint, whatever it does: HTTP as such, requests that no honest client sends, pages of other
//! sites, and that answers do not tell known users from unknown ones.

mod cross_site;
mod health;
mod known_and_unknown;
mod malformed;
mod malformed_account;
mod protocol;
