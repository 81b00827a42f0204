//! A ceiling: a server that does next to nothing.

use std::future::ready;
use std::io;
use std::thread;

use actix_web::http::header::{ContentType, HeaderName, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;

#[derive(Deserialize)]
struct Claim {
    user_id: String,
    timestamp: String,
    signature: String,
}

/// Parses the JSON and answers 400, with the body the real refusal has.
fn refuse(claim: &Claim) -> HttpResponse {
    std::hint::black_box((&claim.user_id, &claim.timestamp, &claim.signature));
    HttpResponse::BadRequest().content_type(ContentType::json()).body(r#"{"detail":"Invalid signature"}"#)
}

/// Serves until killed, with as many threads as the program under test has, and prints where. `headers` are added to
/// each answer, as `Name: value`.
pub fn serve(headers: &[String]) -> io::Result<()> {
    let headers: Vec<_> = headers.iter().map(|line| parsed(line)).collect::<io::Result<_>>()?;
    actix_web::rt::System::new().block_on(async {
        let app = move || {
            let headers = headers.clone();
            let refuse = move |web::Json(claim): web::Json<Claim>| {
                let mut response = refuse(&claim);
                for (name, value) in &headers {
                    response.headers_mut().append(name.clone(), value.clone());
                }
                ready(response)
            };
            App::new().route("/api/v1/accounts/verify-registration/", web::post().to(refuse))
        };
        let server = HttpServer::new(app).workers(cores()).bind("127.0.0.1:0")?;
        for address in server.addrs() {
            eprintln!("http://{address}/");
        }
        server.run().await
    })
}

fn parsed(line: &str) -> io::Result<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(": ").ok_or_else(|| io::Error::other(format!("no header: {line}")))?;
    Ok((name.parse().map_err(io::Error::other)?, value.parse().map_err(io::Error::other)?))
}

pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}
