//! The listener for Prometheus: the metrics at `/metrics`, and nothing else.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};

use super::Countersign;
use super::localhost::second_address;
use crate::app::start_error::StartError;

/// The media type of the OpenMetrics text format.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A listener for Prometheus, which answers once its server is polled.
pub struct MetricsListening {
    /// The addresses on which it listens.
    pub addresses: Vec<SocketAddr>,
    /// The server's future.
    pub server: Server,
}

/// Listens for Prometheus on `metrics.bind`; returns `None` if that is not set.
///
/// # Errors
///
/// [`StartError::BindMetrics`].
pub fn listen_for_metrics(countersign: &Countersign) -> Result<Option<MetricsListening>, StartError> {
    let Some(bind) = countersign.settings.metrics.bind else { return Ok(None) };
    let failed = |cause| StartError::BindMetrics { address: bind, cause };
    let counted = Data::new(countersign.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(counted.clone())
            .route("/metrics", web::get().to(write))
            .route("/metrics", web::head().to(write))
    })
    .workers(1)
    .max_connections(64)
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(1)
    .disable_signals()
    .bind(bind.address())
    .map_err(failed)?;
    let server = match second_address(bind, &server.addrs(), "metrics.bind") {
        Some(second) => server.bind(second).map_err(failed)?,
        None => server,
    };
    let addresses = server.addrs();
    if let Some(address) = addresses.first() {
        tracing::info!(%address, "metrics are served at /metrics");
    }
    Ok(Some(MetricsListening { addresses, server: server.run() }))
}

async fn write(countersign: Data<Countersign>) -> HttpResponse {
    match countersign.metrics_text().await {
        Some(text) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, OPENMETRICS))
            .insert_header((CACHE_CONTROL, "no-store"))
            .body(text),
        None => HttpResponse::NotFound().finish(),
    }
}
