//! The headers that tell a client what is left of its limit.

use serde_json::json;
use utoipa::openapi::header::Header;
use utoipa::openapi::{ObjectBuilder, Type};

/// Returns the headers with their names. An answer lacks them where the limit is of an account, or the settings switch
/// limits or their headers off.
pub(super) fn headers() -> [(String, Header); 2] {
    let header = |about: &str, example: &str| {
        let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
        header.description = Some(about.to_owned());
        header.example = Some(json!(example));
        header
    };
    let state = "What is left of the limit of the client's network: `r` requests, and one more within `t` seconds.";
    let policy = "The limit of the client's network: `q` requests, which it regains within `w` seconds.";
    [
        ("ratelimit".to_owned(), header(state, "\"login\";r=29;t=12")),
        ("ratelimit-policy".to_owned(), header(policy, "\"login\";q=30;w=360")),
    ]
}
