//! `/healthz` and `/readyz`, for whoever watches the process or sends it traffic.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::site::SiteHandle;
use crate::clock::Seconds;
use crate::http::connections::is_draining;
use crate::http::reply::{self, Answer};
use crate::store::StoreError;

pub(super) fn mount(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(healthz)).route(web::head().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)).route(web::head().to(readyz)));
}

/// Alive: the process answers. Asks nobody else, so that a database that is away gets no healthy process killed.
async fn healthz() -> HttpResponse {
    reply::detail("alive")
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    /// Told while the server is about to end: traffic is to go elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    draining: bool,
    /// `ok`, or what keeps the database from serving.
    database: &'static str,
    /// `complete`, or `pending` when the tables lack what this program relies on.
    migrations: &'static str,
    /// How long the oldest mail that is due has been waiting; 0 when none is. A number that grows means that mails are
    /// not taken.
    oldest_due_mail_seconds: u64,
}

/// Ready: the database answers, its tables are this program's, and the server is not about to end.
async fn readyz(request: HttpRequest, site: SiteHandle) -> Answer {
    let draining = is_draining(&request);
    let store = site.accounts.store();
    let readiness = match (store.are_migrations_complete().await, store.next_mail_due_at().await) {
        (Ok(are_complete), Ok(due_at)) => {
            let now = site.accounts.clock().now();
            Readiness {
                ready: are_complete && !draining,
                draining,
                database: "ok",
                migrations: if are_complete { "complete" } else { "pending" },
                oldest_due_mail_seconds: due_at.map_or(Seconds::new(0), |due_at| now.since(due_at)).get(),
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::warn!(%error, "not ready");
            let database = match error {
                StoreError::Busy => "busy",
                _ => "unavailable",
            };
            Readiness { ready: false, draining, database, migrations: "unknown", oldest_due_mail_seconds: 0 }
        }
    };
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    reply::json(status, &readiness)
}
