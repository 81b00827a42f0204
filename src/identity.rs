//! Who a user is: the values that name a person, each parsed once into a type that cannot be wrong.
//!
//! Nothing here knows HTTP or SQL. A fault says the fact; the edge finds the sentence for it. Where a value breaks
//! several rules, all of them are reported, in the order in which the contract lists their messages.

mod characters;
mod email_address;
mod idempotency_key;
mod network;
mod person_name;
mod printing;
mod scripts;
mod search_text;
mod user_id;
mod username;

pub use characters::trim;
pub(crate) use characters::{is_visible, is_word_character};
pub use email_address::{EmailAddress, EmailFault};
pub use idempotency_key::{IdempotencyKey, IdempotencyKeyFault};
pub use network::Network;
pub use person_name::{PersonName, PersonNameFault};
pub(crate) use printing::{printable, printable_lines};
pub use search_text::SearchText;
pub use user_id::UserId;
pub use username::{Username, UsernameFault};
