//! Descriptions of operations are made for the document of the API, and not to serve.

use std::cell::Cell;

use actix_web::dev::Extensions;

use super::*;
use crate::http::endpoint::{Counted, Endpoints, Operation};

async fn answer_ping() -> Answer {
    Ok(detail("pong"))
}

/// Returns an endpoint that counts how often its operation is described.
fn ping(described: &Cell<u32>) -> Endpoint<'_> {
    let describe = || {
        described.set(described.get() + 1);
        Operation::new("ping", "Answer")
    };
    Endpoint::open("ping", "Ping").described(Method::GET, describe).on(Method::GET, answer_ping)
}

#[actix_web::test]
async fn a_server_describes_nothing_and_the_document_each_operation_once() {
    let described = Cell::new(0);
    let app = App::new().configure(|config| {
        Endpoints::new(config, "/api", Extensions::new(), Counted::default()).add(ping(&described));
    });
    let app = init_service(app).await;
    let request = TestRequest::get().uri("/api/ping/").to_request();
    assert_eq!(seen(app.call(request).await.expect("it answers")).body, r#"{"detail":"pong"}"#);
    assert_eq!(described.get(), 0);

    let mut endpoints = Vec::new();
    Endpoints::collecting(&mut endpoints, "/api").add(ping(&described));
    let ids: Vec<_> = endpoints[0].methods.iter().map(|method| &*method.operation.id).collect();
    assert_eq!((ids, described.get()), (vec!["ping"], 1));
}
