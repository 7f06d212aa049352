//! `mailmoot erase`: takes a person out for good.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use anyhow::Context;

use super::admin::{on_house, on_person, said};
use super::terminal::{self, ConfigFile};
use crate::actions::{ActionError, Actions};
use crate::domain::audit::Doer;
use crate::domain::erasure::{Erasure, Preview};
use crate::domain::ids::PersonId;
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Erase {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(value_name = "PERSON")]
    person: String,
    #[arg(long)]
    texts: bool,
    #[arg(long)]
    yes: bool,
    #[arg(long, conflicts_with_all = ["texts", "yes"])]
    readmit: bool,
}

/// Exit code 0 when it was done.
pub fn run(command: &Erase) -> ExitCode {
    let texts = terminal::texts();
    // Who was erased has no address any more; the audit log knows their id.
    if let Ok(person) = command.person.parse::<PersonId>() {
        let Some(config) = command.config.load() else { return ExitCode::FAILURE };
        return on_house(&config, async |actions| erase(command, actions, person).await);
    }
    on_person(&command.config, &command.person, async |actions, address| {
        if command.readmit {
            let key = match actions
                .readmit(Doer::at_the_machine(), address)
                .await
                .context("Writing to the database")?
            {
                true => "cli-readmitted",
                false => "cli-not-kept-out",
            };
            println!("{}", texts.with(key, &[("address", address.as_str())]));
            return Ok(());
        }
        let found = actions.person_of(address).await.context("Reading the database")?;
        match found {
            Some(person) => erase(command, actions, person.id).await,
            None => Err(said(texts, "cli-unlink-nobody", address)),
        }
    })
}

async fn erase(command: &Erase, actions: &Actions, person: PersonId) -> anyhow::Result<()> {
    let texts = terminal::texts();
    let preview = match actions.preview_of(person).await {
        Ok(preview) => preview,
        Err(ActionError::NotFound) => anyhow::bail!(texts.get("cli-erase-no-person")),
        Err(error) => return Err(error).context("Reading the database"),
    };
    tell(texts, &preview, command.texts);
    if !command.yes && !is_confirmed(texts, &preview)? {
        anyhow::bail!(texts.get("problem-not-confirmed"));
    }
    let erasure = Erasure { person, texts: command.texts };
    let erased = actions.erase(Doer::at_the_machine(), erasure).await.context("Writing to the database")?;
    actions.erase_contents(person).await.context("Writing to the database")?;
    println!("{}", texts.with("cli-erased", &[("id", person.to_string())]));
    if erased.held > 0 {
        println!("{}", texts.with("erase-held", &[("n", erased.held)]));
    }
    Ok(())
}

/// What will happen, in the words of the page.
fn tell(texts: Texts, preview: &Preview, with_texts: bool) {
    let counts = &preview.counts;
    println!("{}", texts.with("erase-lead", &[("name", preview.name.as_str())]));
    for (key, count) in [
        ("erase-sessions", counts.sessions),
        ("erase-groups", counts.groups),
        (if with_texts { "erase-texts" } else { "erase-names" }, counts.messages),
        ("erase-mails-in", counts.mails_in),
        ("erase-mails-out", counts.mails_out),
    ] {
        println!("- {}", texts.with(key, &[("n", Value::from(count))]));
    }
    if counts.held > 0 {
        println!("- {}", texts.with("erase-held", &[("n", counts.held)]));
    }
    println!("{}", texts.get("erase-final"));
}

fn is_confirmed(texts: Texts, preview: &Preview) -> anyhow::Result<bool> {
    print!("{} ", texts.with("cli-erase-type", &[("typed", preview.typed.as_str())]));
    io::stdout().flush().context("Asking")?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("Reading the answer")?;
    Ok(line.trim().to_lowercase() == preview.typed.to_lowercase())
}
