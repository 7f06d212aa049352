//! The commands.

mod admin;
mod check;
mod demo;
mod import;
mod inspect;
mod migrate;
mod serve;
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
    /// Serves the pages, fetches mail and sends it
    Serve(serve::Serve),
    /// Starts an invented company to try everything with, no mail server needed
    Demo(demo::Run),
    /// Tells what mailmoot understands of mails: one JSON object a line
    Inspect(inspect::Inspect),
    /// Tries everything that mailmoot needs, and says what is wrong and what to do
    Check(check::Check),
    /// Takes the people of address books: CSV with a header, or vCard
    Import(import::Import),
    /// Makes somebody an admin and prints a link that signs them in
    Admin(admin::Admin),
    /// Brings the database up to date (serve does it by itself)
    Migrate(migrate::Migrate),
}

/// Runs the command that the command line names.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(command) => serve::run(&command),
        Command::Demo(command) => demo::run(&command),
        Command::Inspect(command) => inspect::run(&command),
        Command::Check(command) => check::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Admin(command) => admin::run(&command),
        Command::Migrate(command) => migrate::run(&command),
    }
}
