//! `mailmoot serve`: the pages and the mail, until it is told to end.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use tokio::net::TcpListener;

use crate::app::{self, App};
use crate::clock::Clock;
use crate::config::{Config, LogSettings};
use crate::web::routes::router;
use crate::web::state::WebState;

/// Serves the pages, fetches mail and sends it.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration file; mailmoot.toml in this folder if none is named
    #[arg(long, short)]
    config: Option<PathBuf>,
}

pub(super) fn run(command: &Serve) -> Result<()> {
    let config = Config::load(command.config.as_deref(), std::env::vars())?;
    start_log(&config.log);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("Starting the runtime")?
        .block_on(serve(config))
}

async fn serve(config: Config) -> Result<()> {
    let clock = Clock::system();
    let actions = app::open_actions(&config, clock.clone()).await?;
    let ways = app::mail_ways(&config, &clock).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("Listening at {}", config.server.listen))?;
    let router = router(WebState { actions: actions.clone(), desk: None });
    let app = App::start(&actions, ways, listener, router)?;
    tracing::info!(address = %app.address, url = %config.server.public_url, "mailmoot is ready.");
    wait_for_end().await?;
    tracing::info!("mailmoot ends.");
    app.stop().await;
    Ok(())
}

/// Ctrl-C, or the signal by which service managers end programs.
pub(super) async fn wait_for_end() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("Listening for SIGTERM")?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.context("Listening for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
    }
}

/// Logs to standard error, for people or as JSON.
fn start_log(log: &LogSettings) {
    let filter = tracing_subscriber::EnvFilter::new(&log.level);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.json { lines.json().init() } else { lines.init() }
}
