//! `mailmoot backup` and `mailmoot restore`: the whole house in one file, and back.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::backup::{BackupError, Contents, Home, back_up, restore};
use crate::clock::Clock;
use crate::config::{Config, folders};
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Backup {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(value_name = "FILE")]
    target: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Restore {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(value_name = "FILE")]
    source: PathBuf,
}

/// Exit code 0 when the file is there and whole.
pub fn run_backup(command: &Backup) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let made = run(async || back_up(&home(&config), &command.target, &Clock::system()).await);
    tell(made, "cli-backup-made", &command.target)
}

/// Exit code 0 when everything is there again.
pub fn run_restore(command: &Restore) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    if let Err(error) = folders::make_all(&config.server.data, &config.place()) {
        eprintln!("{}", error.words(&terminal::texts()));
        return ExitCode::FAILURE;
    }
    let put_back = run(async || restore(&home(&config), &command.source, &Clock::system()).await);
    tell(put_back, "cli-restored", &command.source)
}

fn home(config: &Config) -> Home {
    Home { database: config.place(), data: config.server.data.clone() }
}

fn run(
    work: impl AsyncFnOnce() -> Result<Contents, BackupError>,
) -> anyhow::Result<Result<Contents, BackupError>> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    Ok(runtime.block_on(work()))
}

fn tell(done: anyhow::Result<Result<Contents, BackupError>>, key: &str, file: &std::path::Path) -> ExitCode {
    let texts = terminal::texts();
    match done {
        Ok(Ok(contents)) => {
            let file = file.display().to_string();
            let values = [
                ("file", Value::from(file.as_str())),
                ("rows", Value::from(contents.rows())),
                ("files", Value::from(contents.files)),
                ("at", Value::from(contents.made_at.as_str())),
            ];
            println!("{}", texts.with(key, &values));
            ExitCode::SUCCESS
        }
        Ok(Err(error)) => {
            eprintln!("{}", words(&error, texts));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn words(error: &BackupError, texts: Texts) -> String {
    let words = match error {
        BackupError::IsThere(path) => {
            texts.with("cli-backup-is-there", &[("file", path.display().to_string())])
        }
        BackupError::File { path, why } => {
            texts.with("cli-backup-file", &[("file", path.display().to_string()), ("why", why.to_string())])
        }
        BackupError::NotWhole(why) => texts.with("cli-backup-not-whole", &[("why", why.as_str())]),
        BackupError::OtherSchema { version, .. } => {
            texts.with("cli-backup-other-version", &[("version", version.as_str())])
        }
        BackupError::InUse => texts.get("cli-restore-in-use"),
        BackupError::Store(error) => texts.with("cli-backup-database", &[("why", error.to_string())]),
    };
    words.into_owned()
}
