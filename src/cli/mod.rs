//! The commands.

mod check;
mod inspect;
mod terminal;

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
    /// Tries everything that mailmoot needs, and says what is wrong and what to do
    Check(check::Check),
}

/// Runs the command that the command line names.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Inspect(command) => inspect::run(&command),
        Command::Check(command) => check::run(&command),
    }
}
