//! `mailmoot import`: takes an organisation's address book, or a group that was exported.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::import_group;
use super::terminal::{self, ConfigFile};
use crate::actions::Actions;
use crate::actions::directory::import_words::{self, ChangeWords};
use crate::actions::directory::words::why;
use crate::actions::imports::Imported;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::directory::{self, Book};
use crate::domain::audit::Doer;
use crate::domain::import_preview::ImportPreview;
use crate::domain::person::Entry;
use crate::texts::{Texts, Value};

#[derive(Debug, clap::Args)]
pub struct Import {
    #[command(flatten)]
    config: ConfigFile,
    #[arg(long)]
    dry_run: bool,
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Exit code 0 if every file could be used, else 1; people who are left out are told, but are no failure.
pub fn run(command: &Import) -> ExitCode {
    let Some(config) = command.config.load() else { return ExitCode::FAILURE };
    match import(command, &config, terminal::texts()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", terminal::words_of(&error));
            ExitCode::FAILURE
        }
    }
}

/// Whether every file could be used.
fn import(command: &Import, config: &Config, texts: Texts) -> anyhow::Result<bool> {
    let mut found: Vec<(&PathBuf, Book)> = Vec::new();
    let mut usable = true;
    let (groups, books): (Vec<&PathBuf>, Vec<&PathBuf>) =
        command.files.iter().partition(|file| import_group::is_mbox(file));
    for file in books {
        match read(file, texts) {
            Ok(book) => found.push((file, book)),
            Err(words) => {
                usable = false;
                eprintln!("{}: {words}", file.display());
            }
        }
    }
    if groups.is_empty() && found.iter().all(|(_, book)| book.entries.is_empty()) {
        found.iter().for_each(|(file, book)| tell(file, book, texts));
        return Ok(usable);
    }
    let runtime = tokio::runtime::Runtime::new().context("The program's runtime cannot be started")?;
    runtime.block_on(async {
        let actions = app::open_actions(config, Clock::system()).await?;
        let mut entries: Vec<Entry> = Vec::new();
        for (file, mut book) in found {
            if !command.dry_run {
                actions.shelve(&mut book).await.context("Writing to the database")?;
            }
            tell(file, &book, texts);
            entries.append(&mut book.entries);
        }
        if !entries.is_empty() {
            import_people(&actions, entries, command.dry_run).await?;
        }
        // After the people: those of a group are found among them.
        for file in groups {
            usable &= import_group::import(&actions, file, command.dry_run, texts).await?;
        }
        Ok(usable)
    })
}

async fn import_people(actions: &Actions, entries: Vec<Entry>, dry_run: bool) -> anyhow::Result<()> {
    let texts = terminal::texts();
    if dry_run {
        let preview = actions.preview_import(entries).await.context("Reading the database")?;
        lines(&preview, texts).iter().for_each(|line| println!("{line}"));
        println!("{}", words(&preview.counts(), dry_run, texts));
        return Ok(());
    }
    let done = actions.import_people(entries).await.context("Writing to the database")?;
    actions.note_import(Doer::at_the_machine(), &done).await.context("Writing to the database")?;
    println!("{}", words(&done, dry_run, texts));
    Ok(())
}

/// What would become of each, a person a block.
fn lines(preview: &ImportPreview, texts: Texts) -> Vec<String> {
    let head = |key, count: usize| texts.with(key, &[("n", count)]).into_owned();
    let more = |count: usize| (count > 0).then(|| format!("  {}", head("directory-more", count)));
    let mut lines = Vec::new();
    let added = &preview.added;
    if added.count > 0 {
        lines.push(head("directory-added", added.count));
        lines.extend(added.first.iter().map(|one| format!("  {} <{}>", one.full_name, address_of(one))));
        lines.extend(more(added.more()));
    }
    for (key, told) in [("directory-changed", &preview.changed), ("import-stay", &preview.overruled)] {
        if told.count == 0 {
            continue;
        }
        lines.push(head(key, told.count));
        for one in &told.first {
            lines.push(format!("  {} <{}>", one.name, one.address));
            lines.extend(one.changes.iter().map(|change| {
                let ChangeWords { label, before, after } = import_words::words(texts, change);
                format!("    {label}: {before} → {after}")
            }));
        }
        lines.extend(more(told.more()));
    }
    if preview.refused.count > 0 {
        lines.push(texts.get("import-refused").into_owned());
        lines.extend(preview.refused.first.iter().map(|one| format!("  {}: {}", one.who, why(texts, one))));
        lines.extend(more(preview.refused.more()));
    }
    lines
}

fn address_of(entry: &Entry) -> &str {
    entry.addresses.first().map_or("", |address| address.as_str())
}

/// What one file says.
fn read(file: &Path, texts: Texts) -> Result<Book, String> {
    let unreadable = |error: std::io::Error| terminal::unreadable(&error, texts);
    if import_group::is_packed(file) {
        return Err(texts.get("cli-import-packed").into_owned());
    }
    let size = std::fs::metadata(file).map_err(unreadable)?.len();
    if size > directory::LARGEST as u64 {
        return Err(directory::BookError::TooLarge { limit: directory::LARGEST }.words(&texts));
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    directory::read(&bytes).map_err(|error| error.words(&texts))
}

/// Says what was found in a file, and what of it can't be used.
fn tell(file: &Path, book: &Book, texts: Texts) {
    let Book { entries, problems, more_problems, .. } = book;
    for problem in problems {
        eprintln!("{}: {}", file.display(), problem.words(&texts));
    }
    if *more_problems > 0 {
        eprintln!("{}: {}", file.display(), texts.with("cli-import-more-problems", &[("n", *more_problems)]));
    }
    let numbers = [("people", entries.len()), ("problems", problems.len() + more_problems)];
    let values = numbers.map(|(name, number)| (name, Value::from(number)));
    let found = texts.with("cli-import-found", &values);
    println!("{}: {found}", file.display());
}

fn words(done: &Imported, dry_run: bool, texts: Texts) -> String {
    let counts = [("added", done.added), ("updated", done.updated), ("unchanged", done.unchanged)];
    let values = counts.map(|(name, number)| (name, Value::from(number)));
    let words = if dry_run {
        texts.with("cli-import-would", &values)
    } else {
        texts.with("cli-import-done", &values)
    };
    words.into_owned()
}
