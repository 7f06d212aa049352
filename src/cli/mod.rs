//! The commands.

mod inspect;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Turns a mail thread into a live discussion group, and a discussion back into mail.
#[derive(Debug, Parser)]
#[command(name = "mailmoot", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tells what mailmoot understands of mails: one JSON object a line
    Inspect(inspect::Inspect),
}

/// Runs the command that the command line names.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Inspect(command) => inspect::run(&command),
    }
}
