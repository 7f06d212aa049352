//! `mailmoot demo`: an invented company on this machine, to try everything without a mail server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use super::listen::listen;
use super::{serve, terminal};
use crate::app::App;
use crate::clock::Clock;
use crate::demo::{self, GATEWAY, SignInLink};
use crate::domain::ids::Id;
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Run {
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    links: Option<PathBuf>,
}

/// A folder of the demo's own, removed when the demo ends.
struct Folder {
    path: PathBuf,
    is_temporary: bool,
}

/// Exit code 0 when it was told to end.
pub fn run(command: &Run) -> ExitCode {
    start_log();
    let ended = tokio::runtime::Runtime::new()
        .context("The program's runtime cannot be started")
        .and_then(|runtime| runtime.block_on(demo(command)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn demo(command: &Run) -> Result<()> {
    let (texts, clock) = (terminal::texts(), Clock::system());
    // Before anything is made: the port may be taken.
    let listener = listen("--listen", command.listen).await?;
    let url = format!("http://{}", reachable(listener.local_addr()?));
    let folder = Folder::of(command.data.as_deref(), &clock);
    // Ctrl-C while the demo is still being filled must remove the folder as well.
    let mut end = std::pin::pin!(serve::wait_for_end());
    let house = tokio::select! {
        ended = &mut end => return ended,
        opened = demo::open(&folder.path, url.parse()?, clock) => opened?,
    };
    let links = demo::links(&house.actions).await?;
    if let Some(file) = &command.links {
        let json = serde_json::to_string_pretty(&links)?;
        std::fs::write(file, json).with_context(|| format!("Writing the links to {}", file.display()))?;
    }
    let app = App::start(house, listener)?;
    print!("{}", welcome(&texts, &url, &links, &folder));
    end.await?;
    println!("{}", texts.get("demo-ends"));
    app.stop().await;
    Ok(())
}

impl Folder {
    fn of(data: Option<&Path>, clock: &Clock) -> Self {
        match data {
            Some(path) => Self { path: path.to_owned(), is_temporary: false },
            None => {
                let name = format!("mailmoot-demo-{}", clock.new_id::<Id<Folder>>());
                Self { path: std::env::temp_dir().join(name), is_temporary: true }
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_temporary {
            // Best effort: what stays behind is in the system's folder for such things.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// What the terminal shows: where the pages are, who can sign in, and what to try.
fn welcome(texts: &Texts, url: &str, links: &[SignInLink], folder: &Folder) -> String {
    let mut lines = vec![
        String::new(),
        format!("  {}", texts.with("demo-ready", &[("url", url)])),
        format!("  {}", texts.with("demo-desk", &[("url", format!("{url}/mail-desk"))])),
        String::new(),
        format!("  {}", texts.get("demo-links")),
    ];
    let width = links.iter().map(|l| columns(&l.name)).max().unwrap_or(0);
    for link in links {
        let gap = " ".repeat(width - columns(&link.name) + 2);
        lines.push(format!("    {}{gap}{}", link.name, link.link));
    }
    lines.extend([String::new(), format!("  {}", texts.get("demo-steps"))]);
    for key in ["demo-step-forward", "demo-step-confirm", "demo-step-answer"] {
        lines.push(format!("    {}", texts.with(key, &[("gateway", GATEWAY)])));
    }
    let kept = if folder.is_temporary { "demo-not-kept" } else { "demo-kept" };
    let values = [("folder", Value::from(folder.path.display().to_string()))];
    lines.extend([String::new(), format!("  {}", texts.with(kept, &values)), String::new()]);
    lines.join("\n")
}

/// Columns on a terminal: Chinese characters take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if ('\u{2e80}'..='\u{ffef}').contains(&c) { 2 } else { 1 }).sum()
}

/// The address for browsers here: one that stands for all addresses is none to go to.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        return SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port());
    }
    address
}

/// Only what goes wrong.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::new("warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
