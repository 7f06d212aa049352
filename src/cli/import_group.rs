//! A group that `mailmoot import` makes again of an exported mbox.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use anyhow::Context;

use super::terminal;
use crate::actions::Actions;
use crate::actions::group_import::{Checked, GroupImported, ImportError, check_group};
use crate::mail::export::read::{ReadError, ReadProblem};
use crate::texts::{Texts, Value};

/// What is read at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Whether a file is no address book, but mails one after the other, or is called so.
pub fn is_mbox(file: &Path) -> bool {
    let is_called_so = || file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mbox"));
    match begins_with(file, b"From ") {
        Ok(begins) => begins || is_called_so(),
        Err(_) => false,
    }
}

/// Whether a file is packed: a zip, or a workbook.
pub fn is_packed(file: &Path) -> bool {
    begins_with(file, b"PK\x03\x04").unwrap_or(false)
}

fn begins_with(file: &Path, start: &[u8]) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(file)?.take(start.len() as u64).read_to_end(&mut head)?;
    Ok(head == start)
}

/// Whether the file could be used; what came of it is printed.
pub async fn import(actions: &Actions, file: &Path, dry_run: bool, texts: Texts) -> anyhow::Result<bool> {
    let path = file.to_owned();
    let open = move || Ok::<_, io::Error>(BufReader::with_capacity(PIECE, File::open(&path)?));
    if dry_run {
        return Ok(match check_group(open().context("Opening the file")?) {
            Ok(checked) => {
                println!("{}", found(file, &checked, texts));
                println!("{}", texts.get("cli-group-would"));
                true
            }
            Err(error) => refused(file, &error, texts),
        });
    }
    match actions.import_group(open).await {
        Ok(GroupImported::There) => println!("{}: {}", file.display(), texts.get("cli-group-there")),
        Ok(GroupImported::Done { checked, members, left_out }) => {
            println!("{}", found(file, &checked, texts));
            println!("{}", texts.with("cli-group-done", &[("members", members)]));
            if left_out > 0 {
                println!("{}", texts.with("cli-group-left-out", &[("n", left_out)]));
            }
        }
        Err(ImportError::Action(error)) => return Err(error).context("Writing the group"),
        Err(error) => return Ok(refused(file, &error, texts)),
    }
    Ok(true)
}

fn found(file: &Path, checked: &Checked, texts: Texts) -> String {
    let values = [
        ("name", Value::from(file.display().to_string())),
        ("topic", Value::from(checked.group.topic.clone())),
        ("messages", Value::from(checked.messages)),
        ("people", Value::from(checked.people.len())),
        ("files", Value::from(checked.files)),
        ("marks", Value::from(checked.marks)),
    ];
    texts.with("cli-group-read", &values).into_owned()
}

fn refused(file: &Path, error: &ImportError, texts: Texts) -> bool {
    eprintln!("{}: {}", file.display(), words(error, texts));
    eprintln!("{}", texts.get("cli-group-unchanged"));
    false
}

fn words(error: &ImportError, texts: Texts) -> String {
    match error {
        // Before the first mail there is no place.
        ImportError::Read(ReadError { place, problem }) if place.mail == 0 => problem_words(problem, texts),
        ImportError::Read(ReadError { place, problem }) => {
            let place = texts.with("cli-group-at", &[("mail", place.mail), ("line", place.line)]);
            format!("{place}: {}", problem_words(problem, texts))
        }
        ImportError::NoMembers => texts.get("cli-group-members").into_owned(),
        ImportError::TooManyMembers { limit } => {
            texts.with("cli-group-too-many", &[("limit", *limit)]).into_owned()
        }
        ImportError::Action(error) => error.to_string(),
    }
}

fn problem_words(problem: &ReadProblem, texts: Texts) -> String {
    let with = |key, name, value: &str| texts.with(key, &[(name, value.to_owned())]).into_owned();
    match problem {
        ReadProblem::Io(error) => terminal::unreadable(error, texts),
        ReadProblem::NoMbox => texts.get("cli-group-no-mbox").into_owned(),
        ReadProblem::Foreign { header } => with("cli-group-foreign", "header", header),
        ReadProblem::OtherVersion => texts.get("cli-group-other-version").into_owned(),
        ReadProblem::Header { header } => with("cli-group-header", "header", header),
        ReadProblem::TooLong => texts.get("cli-group-too-long").into_owned(),
        ReadProblem::Broken => texts.get("cli-group-broken").into_owned(),
        ReadProblem::OtherText => texts.get("cli-group-other-text").into_owned(),
        ReadProblem::OtherFile { name } => with("cli-group-other-file", "name", name),
        ReadProblem::Missing { expected } => with("cli-group-missing", "number", &expected.to_string()),
        ReadProblem::Contradiction(what) => {
            with("cli-group-contradiction", "what", &texts.get(what.text_key()))
        }
    }
}
