//! `mailmoot admin` and `mailmoot auditor`: give somebody a right, or take it back, and let them in without a mail.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::actions::{ActionError, Actions, Problem};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::domain::identity::Right;
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Give {
    #[command(flatten)]
    config: ConfigFile,
    address: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long, conflicts_with = "name")]
    withdraw: bool,
}

pub fn run(right: Right, command: &Give) -> ExitCode {
    on_person(&command.config, &command.address, async |actions, address| match command.withdraw {
        true => withdraw(right, actions, address).await,
        false => give(right, command, actions, address).await,
    })
}

/// Does something with the one whose address stands on the command line.
pub(super) fn on_person(
    config: &ConfigFile,
    address: &str,
    work: impl AsyncFnOnce(&Actions, &EmailAddress) -> anyhow::Result<()>,
) -> ExitCode {
    let texts = terminal::texts();
    let Ok(parsed) = address.parse::<EmailAddress>() else {
        eprintln!("{}", texts.with("cli-admin-no-address", &[("value", address)]));
        return ExitCode::FAILURE;
    };
    let Some(config) = config.load() else { return ExitCode::FAILURE };
    if config.mail.owns(&parsed) {
        eprintln!("{}", texts.get("cli-admin-own-address"));
        return ExitCode::FAILURE;
    }
    on_house(&config, async |actions| work(actions, &parsed).await)
}

/// Does something with the database of a house that may be running.
pub(super) fn on_house(config: &Config, work: impl AsyncFnOnce(&Actions) -> anyhow::Result<()>) -> ExitCode {
    let done = tokio::runtime::Runtime::new().context("The program's runtime cannot be started").and_then(
        |runtime| runtime.block_on(async { work(&app::open_actions(config, Clock::system()).await?).await }),
    );
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

async fn give(right: Right, command: &Give, actions: &Actions, address: &EmailAddress) -> anyhow::Result<()> {
    let texts = terminal::texts();
    let name = command.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let person = match actions.give_right(right, address, name).await {
        Err(ActionError::Invalid { problem: Problem::Departed { .. }, .. }) => {
            return Err(said(texts, "cli-admin-departed", address));
        }
        given => given.context("Writing to the database")?,
    };
    let link = actions.make_sign_in_link(address, "/").await.context("Making the link")?;
    let made = match right {
        Right::Admin => "cli-admin-made",
        Right::Auditor => "cli-auditor-made",
    };
    println!("{}", texts.with(made, &[("name", person.full_name.as_str())]));
    println!("{}", link_words(texts, actions.policy().link_lasts));
    println!("{link}");
    Ok(())
}

/// For how long the link is good, in the largest unit of which that is one or more.
fn link_words(texts: Texts, lasts: Duration) -> String {
    let units = [
        ("cli-admin-link", "days", 86_400),
        ("cli-admin-link-hours", "hours", 3_600),
        ("cli-admin-link-minutes", "minutes", 60),
    ];
    let secs = lasts.as_secs();
    let (key, name, unit) = units.into_iter().find(|(.., unit)| secs >= *unit).unwrap_or(units[2]);
    texts.with(key, &[(name, Value::from(secs / unit))]).into_owned()
}

async fn withdraw(right: Right, actions: &Actions, address: &EmailAddress) -> anyhow::Result<()> {
    let texts = terminal::texts();
    let (gone, nothing) = match right {
        Right::Admin => ("cli-admin-withdrawn", "cli-admin-not-withdrawn"),
        Right::Auditor => ("cli-auditor-withdrawn", "cli-auditor-not-withdrawn"),
    };
    match actions.withdraw_right(right, address).await {
        Ok(person) => {
            println!("{}", texts.with(gone, &[("name", person.full_name.as_str())]));
            Ok(())
        }
        Err(ActionError::NotFound) => Err(said(texts, nothing, address)),
        Err(error) => Err(error).context("Writing to the database"),
    }
}

/// What did not work, in the terminal's language.
pub(super) fn said(texts: Texts, key: &str, address: &EmailAddress) -> anyhow::Error {
    anyhow::Error::msg(texts.with(key, &[("address", address.as_str())]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;

    #[test]
    fn a_link_that_lasts_less_than_a_day_says_hours_or_minutes() {
        let words = |secs| link_words(Texts::of(Language::English), Duration::from_secs(secs));
        assert!(words(30 * 86_400).contains("30 days"));
        assert!(words(86_399).contains("23 hours"));
        assert!(words(3_599).contains("59 minutes"));
    }
}
