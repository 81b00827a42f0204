//! `/healthz` and `/readyz`, for monitoring and load balancers.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::site::SiteHandle;
use crate::accounts::Readiness;
use crate::http::connections::is_draining;
use crate::http::endpoint::{DescribedEndpoint, Member, Operation, Shape};
use crate::http::reply::{self, Answer};

const ALIVE: &str = "alive";

pub(super) fn mount(config: &mut ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(healthz)).route(web::head().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)).route(web::head().to(readyz)));
}

/// Describes both paths.
pub(super) fn described() -> [DescribedEndpoint; 2] {
    let alive = Operation::new("health", "Whether the process answers").answers_detail(ALIVE);
    let report = || {
        Shape::object([
            Member::new("ready", Shape::Boolean),
            Member::new("draining", Shape::Boolean).optional(),
            Member::text("database").like("ok"),
            Member::text("migrations").like("complete"),
            Member::new("oldest_due_mail_seconds", Shape::Integer).like(0),
        ])
        .named("Readiness")
    };
    let ready = Operation::new("readiness", "Whether the server can serve")
        .answers(StatusCode::OK, "Ready.", report())
        .answers(StatusCode::SERVICE_UNAVAILABLE, "The database is away, or the server is about to end.", report());
    [DescribedEndpoint::beside_contracts("/healthz", alive), DescribedEndpoint::beside_contracts("/readyz", ready)]
}

/// Alive: the process answers. It does not query the database, so that a database outage gets no healthy process
/// killed.
async fn healthz() -> HttpResponse {
    reply::detail(ALIVE)
}

#[derive(Serialize)]
struct Report {
    ready: bool,
    /// Present while the server is about to end: load balancers must send traffic elsewhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    draining: bool,
    /// `ok`, or why the database does not answer.
    database: &'static str,
    /// `complete`, or `pending` when the tables lack something that this program needs.
    migrations: &'static str,
    /// How long the oldest mail that is due has been waiting; 0 when none is. A growing number means that mails are not
    /// sent.
    oldest_due_mail_seconds: u64,
}

/// Ready: the database answers, its tables are this program's, and the server is not about to end.
async fn readyz(request: HttpRequest, site: SiteHandle) -> Answer {
    let draining = is_draining(&request);
    let away =
        |database| Report { ready: false, draining, database, migrations: "unknown", oldest_due_mail_seconds: 0 };
    let report = match site.accounts.readiness().await {
        Readiness::Answers { has_all_migrations, oldest_due_mail } => Report {
            ready: has_all_migrations && !draining,
            draining,
            database: "ok",
            migrations: if has_all_migrations { "complete" } else { "pending" },
            oldest_due_mail_seconds: oldest_due_mail.get(),
        },
        Readiness::Busy => away("busy"),
        Readiness::Unavailable => away("unavailable"),
    };
    let status = if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    reply::json(status, &report)
}
