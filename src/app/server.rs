//! The program's own server: the accounts alone, with health checks beside them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer};

use super::{Countersign, StartError};
use crate::http;
use crate::settings::Settings;

/// What can be told once the server listens.
pub struct Started<'a> {
    /// The settings in force.
    pub settings: &'a Settings,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// The file of a secret that was generated just now.
    pub generated_secret: Option<&'a Path>,
}

/// Serves until SIGTERM or SIGINT, then finishes requests in flight and the mail being sent. `started` is called once
/// the server listens.
///
/// # Errors
///
/// Each [`StartError`].
pub fn serve(settings: Settings, started: impl FnOnce(&Started<'_>)) -> Result<(), StartError> {
    actix_web::rt::System::new().block_on(serve_until_stopped(settings, started))
}

async fn serve_until_stopped(settings: Settings, started: impl FnOnce(&Started<'_>)) -> Result<(), StartError> {
    let countersign = Countersign::builder(settings).start().await?;
    let settings = Arc::clone(&countersign.settings);
    let face = Arc::clone(&countersign.face);
    let bind = settings.server.bind;
    let server = HttpServer::new(move || {
        let face = Arc::clone(&face);
        App::new().configure(move |config| http::mount_alone(&face, config))
    })
    .workers(settings.server.workers.get())
    .client_request_timeout(settings.server.request_timeout.duration())
    .client_disconnect_timeout(Duration::from_secs(1))
    .keep_alive(settings.server.keep_alive.duration())
    .max_connections(settings.server.max_connections)
    .shutdown_timeout(settings.server.shutdown_timeout.get())
    .bind(bind)
    .map_err(|cause| StartError::Bind { address: bind, cause })?;

    let background = countersign.start_background();
    started(&Started {
        settings: &settings,
        addresses: server.addrs(),
        generated_secret: countersign.generated_secret.as_deref(),
    });
    let served = server.run().await;
    background.stop().await;
    served.map_err(StartError::Server)
}
