//! The commands.

mod admin;
mod backup;
mod check;
mod demo;
mod discover;
mod erase;
mod export;
mod help;
mod import;
mod import_group;
mod inspect;
mod listen;
mod maintenance;
mod migrate;
mod reread;
mod rights;
mod serve;
mod terminal;

use std::process::ExitCode;

use clap::error::Error;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::domain::identity::Right;

#[derive(Debug, Parser)]
#[command(name = "mailmoot", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Demo(demo::Run),
    Inspect(inspect::Inspect),
    Discover(discover::Discover),
    Check(check::Check),
    Import(import::Import),
    Admin(admin::Give),
    Auditor(admin::Give),
    Rights(rights::List),
    Unlink(rights::Unlink),
    Migrate(migrate::Migrate),
    Maintenance(maintenance::Maintenance),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Export(export::Export),
    Erase(erase::Erase),
    Reread(reread::Reread),
}

/// Runs the command that the command line names.
pub fn run() -> ExitCode {
    let command = match read() {
        Ok(arguments) => arguments.command,
        Err(error) => return tell(&error),
    };
    match command {
        Command::Serve(command) => serve::run(&command),
        Command::Demo(command) => demo::run(&command),
        Command::Inspect(command) => inspect::run(&command),
        Command::Discover(command) => discover::run(&command),
        Command::Check(command) => check::run(&command),
        Command::Import(command) => import::run(&command),
        Command::Admin(command) => admin::run(Right::Admin, &command),
        Command::Auditor(command) => admin::run(Right::Auditor, &command),
        Command::Rights(command) => rights::list(&command),
        Command::Unlink(command) => rights::unlink(&command),
        Command::Migrate(command) => migrate::run(&command),
        Command::Maintenance(command) => maintenance::run(&command),
        Command::Backup(command) => backup::run_backup(&command),
        Command::Restore(command) => backup::run_restore(&command),
        Command::Export(command) => export::run(&command),
        Command::Erase(command) => erase::run(&command),
        Command::Reread(command) => reread::run(&command),
    }
}

fn read() -> Result<Arguments, Error> {
    let matches = help::speak(Arguments::command(), terminal::texts()).try_get_matches()?;
    Arguments::from_arg_matches(&matches)
}

/// Exit code 0 after help that was asked for, else 2, as is usual for a wrong command line.
fn tell(error: &Error) -> ExitCode {
    if error.use_stderr() {
        eprintln!("{}", help::complaint(error, terminal::texts()));
        return ExitCode::from(2);
    }
    // Whoever reads it may have read enough.
    drop(error.print());
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Arguments, help};
    use crate::domain::language::Language;
    use crate::texts::Texts;

    #[test]
    fn every_command_and_option_is_explained_in_every_language() {
        for texts in Language::ALL.map(Texts::of) {
            let mut command = help::speak(Arguments::command(), texts);
            let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
            let mut pages = vec![command.render_long_help().to_string()];
            for name in &names {
                pages.extend(command.find_subcommand_mut(name).map(|c| c.render_long_help().to_string()));
            }
            for page in pages {
                // A text that is missing shows its key.
                assert!(!page.contains("help-"), "{page}");
            }
        }
    }
}
