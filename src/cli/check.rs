//! `mailmoot check`: tries everything that mailmoot needs, and says in plain words what is wrong and what to do.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::check::check_all;
use crate::texts::Texts;
use crate::transport::check::{CheckStep, Outcome};

#[derive(Debug, clap::Args)]
pub struct Check {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(long)]
    json: bool,
}

/// Exit code 0 if everything works, else 1.
pub fn run(command: &Check) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let texts = terminal::texts();
    let show: &mut (dyn FnMut(&CheckStep) + Send) =
        if command.json { &mut |_| () } else { &mut |step| print_step(step) };
    let steps = match check(&config, texts, show) {
        Ok(steps) => steps,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let failed = steps.iter().filter(|step| step.outcome == Outcome::Failed).count();
    match (command.json, failed) {
        (true, _) => terminal::say(serde_json::json!({ "failed": failed, "steps": steps })),
        (false, 0) => terminal::say(format!("\n{}", texts.get("check-all-well"))),
        (false, _) => terminal::say(format!("\n{}", texts.with("check-some-failed", &[("n", failed)]))),
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check(
    config: &Config,
    texts: Texts,
    show: &mut (dyn FnMut(&CheckStep) + Send),
) -> anyhow::Result<Vec<CheckStep>> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    Ok(runtime.block_on(async {
        let clock = Clock::system();
        if config.oauth.is_some() {
            // Keeps a refresh token that comes of it. If it cannot, the steps of database and files say why.
            let _ = app::open_actions(config, clock.clone()).await;
        }
        check_all(config, &clock, texts, show).await
    }))
}

fn print_step(step: &CheckStep) {
    let sign = match step.outcome {
        Outcome::Ok => "✓",
        Outcome::Warning => "!",
        Outcome::Failed => "✗",
    };
    if step.seen.is_empty() {
        terminal::say(format!("{sign} {}", step.what));
    } else {
        terminal::say(format!("{sign} {} — {}", step.what, step.seen));
    }
    if !step.advice.is_empty() {
        terminal::say(format!("    {}", step.advice));
    }
}
