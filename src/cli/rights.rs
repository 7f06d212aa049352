//! `mailmoot rights` tells who is an admin or an auditor; `mailmoot unlink` forgets which account of a sign-in provider is
//! somebody's.

use std::process::ExitCode;

use anyhow::Context;

use super::admin::{on_house, on_person, said};
use super::terminal::{self, ConfigFile};
use crate::actions::ActionError;
use crate::domain::identity::{Righted, Rights};
use crate::texts::Texts;

#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, clap::Args)]
pub struct Unlink {
    #[command(flatten)]
    config: ConfigFile,
    address: String,
}

pub fn list(command: &List) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    let texts = terminal::texts();
    on_house(&config, async |actions| {
        let all = actions.list_rights().await.context("Reading the database")?;
        if all.is_empty() {
            println!("{}", texts.get("cli-rights-none"));
        }
        for one in all {
            println!("{}: {}", one.full_name, words(texts, &one));
        }
        Ok(())
    })
}

pub fn unlink(command: &Unlink) -> ExitCode {
    let texts = terminal::texts();
    on_person(&command.config, &command.address, async |actions, address| {
        match actions.forget_identities(address).await {
            Ok((person, count)) => {
                let values = [("name", person.full_name.into()), ("n", crate::texts::Value::from(count))];
                println!("{}", texts.with("cli-unlinked", &values));
                Ok(())
            }
            Err(ActionError::NotFound) => Err(said(texts, "cli-unlink-nobody", address)),
            Err(error) => Err(error).context("Writing to the database"),
        }
    })
}

/// Each right once, with where it comes from.
fn words(texts: Texts, one: &Righted) -> String {
    let has = |rights: Rights| [(rights.admin, "admin"), (rights.auditor, "auditor")];
    let given = has(one.given).map(|(has, name)| (has, format!("cli-rights-{name}")));
    let by_provider = has(one.by_provider).map(|(has, name)| (has, format!("cli-rights-{name}-by-provider")));
    let all = given.into_iter().chain(by_provider).filter(|(has, _)| *has);
    all.map(|(_, key)| texts.get(&key).into_owned()).collect::<Vec<_>>().join(", ")
}
