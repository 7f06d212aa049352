//! `mailmoot serve`: the pages and the mail, until it is told to end.

use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::net::TcpListener;

use super::terminal::{self, ConfigFile};
use crate::app::{self, App, House};
use crate::clock::Clock;
use crate::config::{Config, LogSettings, Origin};

#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    config: ConfigFile,
}

/// Exit code 0 when it was told to end.
pub fn run(command: &Serve) -> ExitCode {
    let Some((origin, config)) = command.config.load_all() else { return ExitCode::FAILURE };
    start_log(&config.log);
    let ended = tokio::runtime::Runtime::new()
        .context("The program's runtime cannot be started")
        .and_then(|runtime| runtime.block_on(serve(origin, config)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

async fn serve(origin: Origin, config: Config) -> Result<()> {
    let clock = Clock::system();
    let actions = app::open_actions(&config, clock.clone()).await?;
    // A key that opens none of the settings that are kept: they would be missing silently.
    actions.kept_settings().await?;
    // Before anything is fetched, sent or taken.
    actions.look_for_maintenance().await?;
    let ways = app::mail_ways(&config, &clock).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("Listening at {}", config.server.listen))?;
    let mut app = App::start(House { origin, actions, ways, desk: None }, listener)?;
    if let Some(address) = config.metrics {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("Listening at {address} (metrics.listen)"))?;
        app = app.telling_figures(listener);
    }
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
    // This library would write whole dialogues, with passwords, tokens and mails.
    let filter = match "async_imap=off".parse() {
        Ok(silent) => filter.add_directive(silent),
        Err(_) => filter,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.json { lines.json().init() } else { lines.init() }
}
