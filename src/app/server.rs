//! The program's own server: the accounts, with health checks and pages for people beside them.

mod localhost;
mod metrics;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::dev::Server;
use actix_web::http::KeepAlive;
use tokio::sync::watch;

use super::Countersign;
use super::signals::Heeded;
use super::start_error::StartError;
use crate::http::Connections;
use crate::pages::Pages;
use crate::settings::{Mode, Settings};

use localhost::second_address;

pub use metrics::{MetricsListening, listen_for_metrics};

/// The facts that are known once the server listens.
pub struct Started<'a> {
    /// The settings in force.
    pub settings: &'a Settings,
    /// The addresses on which it listens.
    pub addresses: Vec<SocketAddr>,
    /// The files of secrets that were generated just now.
    pub generated_secrets: &'a [PathBuf],
}

/// A server that listens, and answers once it is polled.
pub struct Listening {
    /// The addresses on which it listens.
    pub addresses: Vec<SocketAddr>,
    /// The server's future. It ends on a stop through its handle or on a handled signal.
    pub server: Server,
    /// Its connections, which the watch observes while the server runs.
    pub connections: Connections,
    /// Becomes true when a signal demands an immediate end.
    pub cut_off: watch::Receiver<bool>,
}

/// Whether a server handles signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signals {
    /// SIGTERM and SIGHUP make it drain and finish its present work, SIGINT and SIGQUIT end it at once, and SIGUSR1,
    /// SIGUSR2 and SIGALRM are only logged.
    Heeded,
    /// No signal is handled: the embedding program stops the server.
    Ignored,
}

/// Serves until SIGTERM or SIGHUP, then drains, and finishes requests in flight and the mail being sent. SIGINT cuts
/// requests off. `started` is called once the server listens.
///
/// # Errors
///
/// Each [`StartError`].
pub fn serve(settings: Settings, started: impl FnOnce(&Started<'_>)) -> Result<(), StartError> {
    actix_web::rt::System::new().block_on(serve_until_stopped(settings, started))
}

async fn serve_until_stopped(settings: Settings, started: impl FnOnce(&Started<'_>)) -> Result<(), StartError> {
    allow_many_connections();
    if settings.mode == Mode::Production && runs_as_root() {
        tracing::warn!(
            "the server runs as root, so that whoever breaks into it has the machine; give it a user of its own"
        );
    }
    let countersign = Countersign::builder(settings).start().await?;
    let served = serve_with(&countersign, started).await;
    // The server's threads may still hold clones of it when the process ends.
    countersign.close().await;
    served
}

async fn serve_with(countersign: &Countersign, started: impl FnOnce(&Started<'_>)) -> Result<(), StartError> {
    let Listening { addresses, server, connections, mut cut_off } = listen(countersign, Signals::Heeded)?;
    let metrics = listen_for_metrics(countersign)?.map(|listening| {
        let handle = listening.server.handle();
        tokio::spawn(listening.server);
        handle
    });
    let watch = tokio::spawn(connections.cut_off_the_quiet());
    let background = countersign.start_background();
    started(&Started { settings: &countersign.settings, addresses, generated_secrets: &countersign.generated_secrets });
    let ended = async {
        let served = server.await;
        watch.abort();
        background.stop().await;
        // Until here, Prometheus sees how the rest of the work ends.
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        served.map_err(StartError::Server)
    };
    tokio::select! {
        served = ended => served,
        Ok(_) = cut_off.wait_for(|is_cut_off| *is_cut_off) => {
            tracing::warn!("all work was cut off; mails that were being sent are tried again later");
            Ok(())
        }
    }
}

/// Listens on the address in the settings. Serves the accounts, health checks and pages for people, and answers
/// everything else with our 404.
///
/// # Errors
///
/// [`StartError::Bind`].
pub fn listen(countersign: &Countersign, signals: Signals) -> Result<Listening, StartError> {
    let settings = &countersign.settings.server;
    let contracts = Arc::clone(&countersign.contracts);
    let bind = settings.bind;
    let keep_alive = settings.keep_alive.duration();
    let request_timeout = settings.request_timeout.duration();
    let connections = Connections::new(keep_alive, request_timeout);
    let watching = connections.clone();
    let described = Arc::clone(&countersign.contracts);
    let pages = Arc::new(Pages::new(&countersign.settings, move || described.openapi()));
    let server = HttpServer::new(move || contracts.application(&|config| pages.mount(config)))
        .workers(settings.workers.get())
        .client_request_timeout(request_timeout)
        .client_disconnect_timeout(Duration::from_secs(1))
        // Idle connections are ended by the watch over them.
        .keep_alive(if keep_alive.is_zero() { KeepAlive::Disabled } else { KeepAlive::Os })
        .on_connect(move |stream, data| watching.watch(stream, data))
        .max_connections(settings.max_connections)
        .shutdown_timeout(settings.shutdown_timeout.get())
        .disable_signals()
        .bind(bind.address())
        .map_err(|cause| StartError::Bind { address: bind, cause })?;
    let server = match second_address(bind, &server.addrs(), "server.bind") {
        Some(second) => server.bind(second).map_err(|cause| StartError::Bind { address: bind, cause })?,
        None => server,
    };
    let addresses = server.addrs();
    if let Some(address) = addresses.first() {
        countersign.worker.know_port(address.port());
    }
    let server = server.run();
    let (cutting_off, cut_off) = watch::channel(false);
    if signals == Signals::Heeded {
        let heeded = Heeded::listen().map_err(StartError::Server)?;
        tokio::spawn(heeded.end(server.handle(), connections.clone(), settings.drain.duration(), cutting_off));
    }
    Ok(Listening { addresses, server, connections, cut_off })
}

/// Returns whether this process runs as root.
pub(crate) fn runs_as_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Raises the limit of open files as far as the system allows: shells start with a low limit, and each connection takes
/// two.
fn allow_many_connections() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    // The server also works with the present limit.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_that_embeds_the_server_is_refused_in_production_what_the_program_itself_is() {
        let mut settings = Settings::defaults();
        settings.mode = Mode::Production;
        match Countersign::builder(settings).start().await.map(drop) {
            Err(StartError::Settings(errors)) => assert!(errors.to_string().contains("`mail.transport`"), "{errors}"),
            other => panic!("{other:?}"),
        }
    }
}
