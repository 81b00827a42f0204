//! The base path: where to find the list of users.

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use serde_json::json;

use super::operations;
use super::state::Handle;
use crate::http::base_url::base_url;
use crate::http::endpoint::Endpoint;
use crate::http::reply::{self, Answer};

pub(super) fn endpoint() -> Endpoint<'static> {
    Endpoint::open("", "Api Root").described(Method::GET, operations::show_root).on(Method::GET, show)
}

async fn show(contract: Handle, request: HttpRequest) -> Answer {
    let base_url = base_url(&request, &contract.site.trusted_proxies);
    reply::json(StatusCode::OK, &json!({ "users": format!("{base_url}{}users/", contract.options.base_path) }))
}
