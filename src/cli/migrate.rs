//! `mailmoot migrate`: brings the tables of the database up to date. `serve` does it by itself at its start.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::app;
use crate::config::Config;
use crate::store::migrations::{self, Status};
use crate::store::{Place, StoreError};
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Migrate {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(long)]
    status: bool,
}

pub fn run(command: &Migrate) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let texts = terminal::texts();
    let runtime = match tokio::runtime::Runtime::new().context("The program's runtime cannot be started") {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(migrate(command, &config, texts)) {
        Ok(words) => {
            println!("{words}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", words_of(&error, texts));
            ExitCode::FAILURE
        }
    }
}

/// What to tell.
async fn migrate(command: &Migrate, config: &Config, texts: Texts) -> Result<String, StoreError> {
    let place = app::place(config);
    let Status { version, newest } = migrations::status(&place).await?;
    let values = [("from", Value::from(version)), ("to", Value::from(newest))];
    if version > newest {
        return Err(StoreError::Newer { version });
    }
    if version < newest && command.status {
        return Ok(texts.with("cli-migrate-behind", &values).into_owned());
    }
    if let (Place::Sqlite(path), false) = (&place, command.status)
        && let Some(folder) = path.parent()
    {
        std::fs::create_dir_all(folder).map_err(|e| StoreError::Unavailable(e.to_string()))?;
    }
    if !command.status {
        migrations::run(&place).await?;
    }
    let words = match version {
        version if version == newest => texts.with("cli-migrate-current", &values),
        0 => texts.with("cli-migrate-made", &values),
        _ => texts.with("cli-migrate-done", &values),
    };
    Ok(words.into_owned())
}

fn words_of(error: &StoreError, texts: Texts) -> String {
    let words = match error {
        StoreError::Newer { version } => {
            texts.with("cli-migrate-newer", &[("version", Value::from(*version))])
        }
        StoreError::Changed { version } => {
            texts.with("cli-migrate-changed", &[("version", Value::from(*version))])
        }
        other => texts.with("cli-database-failed", &[("why", other.to_string())]),
    };
    words.into_owned()
}
