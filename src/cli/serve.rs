//! `mailmoot serve`: the pages and the mail, until it is told to end.

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use super::listen::listen;
use super::terminal::{self, ConfigFile, Start};
use crate::app::set_up::Waiting;
use crate::app::{self, App, House};
use crate::clock::Clock;
use crate::config::set_up::Bare;
use crate::config::{Config, LogSettings, Origin};

/// Where pages are served.
const LISTEN: &str = "server.listen";

#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    config: ConfigFile,
}

/// Exit code 0 when it was told to end.
pub fn run(command: &Serve) -> ExitCode {
    let Some(start) = command.config.load_start(true) else { return ExitCode::FAILURE };
    start_log(match &start {
        Start::Set(_, config) => &config.log,
        Start::First(_, bare) => &bare.log,
    });
    let ended = tokio::runtime::Runtime::new()
        .context("The program's runtime cannot be started")
        .and_then(|runtime| runtime.block_on(serve(start)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

async fn serve(start: Start) -> Result<()> {
    let clock = Clock::system();
    let (mut app, metrics) = match start {
        Start::Set(origin, config) => (open(origin, &config, &clock).await?, config.metrics),
        Start::First(origin, bare) => match set_up(origin, &bare, &clock).await? {
            Some(app) => (app, bare.metrics),
            None => return Ok(()),
        },
    };
    if let Some(address) = metrics {
        app = app.telling_figures(listen("metrics.listen", address).await?);
    }
    tracing::info!(address = %app.address, url = %app.public_url(), "mailmoot is ready.");
    wait_for_end().await?;
    tracing::info!("mailmoot ends.");
    app.stop().await;
    Ok(())
}

async fn open(origin: Origin, config: &Config, clock: &Clock) -> Result<App> {
    let actions = app::open_actions(config, clock.clone()).await?;
    // A key that opens none of the settings that are kept: they would be missing silently.
    actions.kept_settings().await?;
    // Before anything is fetched, sent or taken.
    actions.look_for_maintenance().await?;
    let ways = app::mail_ways(config, clock).await?;
    let listener = listen(LISTEN, config.server.listen).await?;
    App::start(House { origin, actions, ways, desk: None }, listener)
}

/// Waits until it is set up on the page whose address is printed; `None` if it was told to end before.
async fn set_up(origin: Origin, bare: &Bare, clock: &Clock) -> Result<Option<App>> {
    let listener = listen(LISTEN, bare.server.listen).await?;
    let waiting = Waiting::open(origin, bare, clock, listener)?;
    let (texts, port) = (terminal::texts(), waiting.address.port().to_string());
    println!("{}\n  {}", texts.get("set-up-terminal"), waiting.link);
    if bare.server.listen.ip().is_loopback() {
        println!("{}", texts.with("set-up-terminal-tunnel", &[("port", port.as_str())]));
    }
    println!("{}", texts.get("set-up-terminal-file"));
    tokio::select! {
        app = waiting.wait(clock) => app.map(Some),
        ended = wait_for_end() => ended.map(|()| None),
    }
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
    let filter = EnvFilter::new(&log.level);
    // These libraries would write whole dialogues, with passwords, tokens and mails, and the links that sign people in.
    let silent = ["async_imap=off", "tower_http=info"].into_iter().filter_map(|one| one.parse().ok());
    let filter = silent.fold(filter, EnvFilter::add_directive);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Files and journals show no colours.
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    if log.json { lines.json().init() } else { lines.init() }
}
