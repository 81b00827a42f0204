//! What holds at every endpoint, whatever it does: HTTP as such, requests that no honest client sends, pages of other
//! sites, and that answers do not tell known users from unknown ones.
//!
//! Most of these tests ask every endpoint of every contract, as `support::endpoints` lists them.

mod cross_site;
mod endpoints;
mod health;
mod known_and_unknown;
mod malformed;
mod openapi;
mod protocol;
mod rate_limits;
