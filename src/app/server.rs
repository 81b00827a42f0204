//! The program's own server: the accounts alone, with health checks beside them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};

use super::{Countersign, StartError};
use crate::http::{self, Connections};
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

/// A server that listens, and answers once it is polled.
pub struct Listening {
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Ends when it is told to through its handle, or by a signal it heeds.
    pub server: Server,
    /// Its connections, to be watched while it serves.
    pub connections: Connections,
}

/// What SIGTERM and SIGINT do to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// They end it.
    Heeded,
    /// Nothing: whoever runs it ends it.
    Ignored,
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
    allow_many_connections();
    let countersign = Countersign::builder(settings).start().await?;
    let Listening { addresses, server, connections } = listen(&countersign, Signals::Heeded)?;
    let watch = tokio::spawn(connections.cut_off_the_quiet());
    let background = countersign.start_background();
    started(&Started {
        settings: &countersign.settings,
        addresses,
        generated_secret: countersign.generated_secret.as_deref(),
    });
    let served = server.await;
    watch.abort();
    background.stop().await;
    served.map_err(StartError::Server)
}

/// Listens where the settings say, with the accounts, health checks, and our 404 for everything else.
///
/// # Errors
///
/// [`StartError::Bind`].
pub fn listen(countersign: &Countersign, signals: Signals) -> Result<Listening, StartError> {
    let settings = &countersign.settings.server;
    let face = Arc::clone(&countersign.face);
    let bind = settings.bind;
    let keep_alive = settings.keep_alive.duration();
    let connections = Connections::new(keep_alive + settings.request_timeout.duration());
    let watching = connections.clone();
    let server = HttpServer::new(move || {
        let face = Arc::clone(&face);
        App::new().configure(move |config| http::mount_alone(&face, config))
    })
    .workers(settings.workers.get())
    .client_request_timeout(settings.request_timeout.duration())
    .client_disconnect_timeout(Duration::from_secs(1))
    .keep_alive(keep_alive)
    .on_connect(move |stream, data| watching.watch(stream, data))
    .max_connections(settings.max_connections)
    .shutdown_timeout(settings.shutdown_timeout.get())
    .bind(bind)
    .map_err(|cause| StartError::Bind { address: bind, cause })?;
    let server = match signals {
        Signals::Heeded => server,
        Signals::Ignored => server.disable_signals(),
    };
    Ok(Listening { addresses: server.addrs(), server: server.run(), connections })
}

/// Lifts the limit of open files as far as the system allows: shells begin low, and each connection takes two.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // What cannot be lifted is served with all the same.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}
