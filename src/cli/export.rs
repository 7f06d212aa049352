//! `mailmoot export`: all that is known of one person, as a file.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use super::admin::{on_person, said};
use super::terminal::{self, ConfigFile};
use crate::actions::ActionError;

#[derive(Debug, clap::Args)]
pub struct Export {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(value_name = "PERSON")]
    address: String,
    #[arg(value_name = "FILE")]
    target: PathBuf,
}

/// Exit code 0 when the file is there and whole.
pub fn run(command: &Export) -> ExitCode {
    let texts = terminal::texts();
    on_person(&command.config, &command.address, async |actions, address| {
        let shown = command.target.display().to_string();
        // What is there already is somebody's.
        let file = OpenOptions::new().write(true).create_new(true).open(&command.target);
        let file =
            file.with_context(|| texts.with("cli-export-file", &[("file", shown.as_str())]).into_owned())?;
        match actions.export_person(address, (texts.language(), file)).await {
            Ok(person) => {
                let values = [("name", person.full_name.as_str()), ("file", shown.as_str())];
                println!("{}", texts.with("cli-exported", &values));
                Ok(())
            }
            Err(error) => {
                // Nothing half is left behind.
                drop(std::fs::remove_file(&command.target));
                match error {
                    ActionError::NotFound => Err(said(texts, "cli-unlink-nobody", address)),
                    error => Err(error).context("Writing the file"),
                }
            }
        }
    })
}
