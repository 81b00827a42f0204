//! The ceilings: a server that does next to nothing, and Argon2id with nothing around it.

use std::future::ready;
use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use actix_web::http::header::{ContentType, HeaderName, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, web};
use argon2::{Algorithm, Argon2, Block, Params, Version};
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

/// Hashes on every core for `span` and tells how many hashes a second that gave. Each thread takes its memory once, and
/// stands back behind other threads as far as the program's own do, so that whatever else the machine is at takes the
/// same share from both.
pub fn hashes_per_second(span: Duration) -> f64 {
    let begin = Barrier::new(cores());
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores()).map(|_| scope.spawn(|| hash_for(span, &begin))).collect();
        threads.into_iter().map(|thread| thread.join().expect("hashing does not panic")).sum()
    })
}

fn hash_for(span: Duration, begin: &Barrier) -> f64 {
    rustix::process::nice(10).expect("a thread may stand back");
    let params = Params::new(19_456, 2, 1, Some(32)).expect("the parameters are OWASP's");
    let mut memory = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    let mut hash = || {
        argon2
            .hash_password_into_with_memory(b"Kettle-Harbor-42", b"sixteen bytes!!!", &mut output, &mut memory)
            .expect("the lengths suit Argon2");
    };
    hash();
    begin.wait();
    let (started, mut done) = (Instant::now(), 0.0);
    while started.elapsed() < span {
        hash();
        done += 1.0;
    }
    done / started.elapsed().as_secs_f64()
}

pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}
