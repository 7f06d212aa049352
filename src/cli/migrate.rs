//! `mailmoot migrate`: brings the tables of the database up to date. `serve` does it by itself at its start.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::config::Config;
use crate::config::folders::{self, FolderError};
use crate::store::StoreError;
use crate::store::migrations::{self, Status};
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
            eprintln!("{}", error.words(&config, texts));
            ExitCode::FAILURE
        }
    }
}

/// Why the tables are not up to date.
#[derive(Debug, thiserror::Error)]
enum MigrateError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to tell.
async fn migrate(command: &Migrate, config: &Config, texts: Texts) -> Result<String, MigrateError> {
    let place = config.place();
    let Status { version, newest } = migrations::status(&place).await?;
    let values = [("from", Value::from(version)), ("to", Value::from(newest))];
    if version > newest {
        return Err(StoreError::Newer { version }.into());
    }
    if version < newest && command.status {
        return Ok(texts.with("cli-migrate-behind", &values).into_owned());
    }
    if !command.status {
        folders::make_for_database(&config.server.data, &place)?;
        migrations::run(&place).await?;
    }
    let words = match version {
        version if version == newest => texts.with("cli-migrate-current", &values),
        0 => texts.with("cli-migrate-made", &values),
        _ => texts.with("cli-migrate-done", &values),
    };
    Ok(words.into_owned())
}

impl MigrateError {
    fn words(&self, config: &Config, texts: Texts) -> String {
        let words = match self {
            Self::Folder(error) => return error.words(&texts),
            Self::Store(StoreError::Newer { version }) => {
                texts.with("cli-migrate-newer", &[("version", Value::from(*version))])
            }
            Self::Store(StoreError::Changed { version }) => {
                texts.with("cli-migrate-changed", &[("version", Value::from(*version))])
            }
            Self::Store(other) => {
                let place = folders::place_name(&config.place());
                texts.with("cli-database-failed", &[("place", place), ("why", other.to_string())])
            }
        };
        words.into_owned()
    }
}
