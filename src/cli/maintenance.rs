//! `mailmoot maintenance`: announces a quiet time, ends it, or tells whether there is one.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use super::admin::on_house;
use super::terminal::{self, ConfigFile};
use crate::actions::Actions;
use crate::config::units::duration;

#[derive(Debug, clap::Args)]
pub struct Maintenance {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(value_name = "WORD")]
    word: Option<Word>,
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    lasts: Option<Duration>,
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Word {
    On,
    Off,
}

fn time(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| terminal::texts().get("config-expected-time").into_owned())
}

/// Exit code 0 when it was done.
pub fn run(command: &Maintenance) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    on_house(&config, async |actions| done(command, actions).await)
}

async fn done(command: &Maintenance, actions: &Actions) -> anyhow::Result<()> {
    let texts = terminal::texts();
    let key = match command.word {
        Some(Word::On) => {
            let begun = actions.begin_maintenance_here(command.lasts, &command.why).await;
            begun.context("Writing to the database")?;
            "cli-maintenance-begun"
        }
        Some(Word::Off) => match actions.end_maintenance_here().await.context("Writing to the database")? {
            true => "cli-maintenance-ended",
            false => "cli-maintenance-none",
        },
        None => {
            actions.look_for_maintenance().await.context("Reading the database")?;
            match actions.maintenance().map(|quiet| quiet.ends_at) {
                Some(Some(end)) => {
                    println!("{}", texts.with("cli-maintenance-until", &[("at", end.rfc3339())]));
                    return Ok(());
                }
                Some(None) => "cli-maintenance-holds",
                None => "cli-maintenance-none",
            }
        }
    };
    println!("{}", texts.get(key));
    Ok(())
}
