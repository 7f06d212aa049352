//! `mailmoot admin`: makes somebody an admin, and lets them in without a mail.

use std::process::ExitCode;

use anyhow::Context;

use super::terminal::{self, ConfigFile};
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::address::EmailAddress;
use crate::domain::link::Link;
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Admin {
    #[command(flatten)]
    config: ConfigFile,
    address: String,
    #[arg(long)]
    name: Option<String>,
}

pub fn run(command: &Admin) -> ExitCode {
    let texts = terminal::texts();
    let Ok(address) = command.address.parse::<EmailAddress>() else {
        eprintln!("{}", texts.with("cli-admin-no-address", &[("value", command.address.as_str())]));
        return ExitCode::FAILURE;
    };
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    if config.mail.owns(&address) {
        eprintln!("{}", texts.get("cli-admin-own-address"));
        return ExitCode::FAILURE;
    }
    match make(command, &config, &address, texts) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

fn make(command: &Admin, config: &Config, address: &EmailAddress, texts: Texts) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async {
        let actions = app::open_actions(config, Clock::system()).await?;
        let name = command.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let person = actions.make_admin(address, name).await.context("Writing to the database")?;
        let link = actions.make_sign_in_link(address, "/").await.context("Making the link")?;
        println!("{}", texts.with("cli-admin-made", &[("name", person.full_name.as_str())]));
        let days = Link::GROUP_LASTS.as_secs() / 86_400;
        println!("{}", texts.with("cli-admin-link", &[("days", Value::from(days))]));
        println!("{link}");
        Ok(())
    })
}
