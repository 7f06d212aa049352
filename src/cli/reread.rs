//! `mailmoot reread`: reads stored mails again by newer rules for what is an answer and what it quotes.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::actions::mails::Rereading;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::texts::Texts;

#[derive(Debug, clap::Args)]
pub struct Reread {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(long)]
    apply: bool,
}

pub fn run(command: &Reread) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    match reread(command, &config, terminal::texts()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

fn reread(command: &Reread, config: &Config, texts: Texts) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async {
        let actions = app::open_actions(config, Clock::system()).await?;
        let mut found = Rereading::default();
        loop {
            found = actions.reread_mails(found, command.apply).await.context("Reading the mails again")?;
            if found.next.is_none() {
                break;
            }
        }
        let values = [("read", found.read), ("changed", found.changed), ("unreadable", found.unreadable)];
        let key = if command.apply { "cli-reread-done" } else { "cli-reread-would" };
        println!("{}", texts.with(key, &values));
        Ok(())
    })
}
